/** The metrics in log lines, against the published rules of CloudWatch's embedded metric format: a line that breaks one is no metric. */
import { describe, expect, test } from 'vitest';
import type { Instant } from '../../../shared/domain/ids.ts';
import { functionMetrics, metricFields, newCounts, providerMetrics } from '../../../shared/metrics.ts';
import { providerNames } from '../../../shared/providers/registry.ts';
import { envelope, metricsIn } from './metric-rules.ts';

const now = 1_795_000_000_000 as Instant;

describe('the fields of metrics', () => {
  test('are taken by the rules: of a function', () => {
    const values = Object.fromEntries(functionMetrics.map((name, index) => [name, index]));
    const line = JSON.stringify({
      time: 'x',
      event: 'swept',
      ...metricFields(values, 'Rescind-Sweep-1', now),
    });
    expect([...metricsIn(line)]).toEqual(
      functionMetrics.map((name, index) => [`${name} FunctionName=Rescind-Sweep-1`, index]),
    );
  });

  test.each(providerNames)('are taken by the rules: of %s', (provider) => {
    const values = Object.fromEntries(providerMetrics.map((name) => [name, 3]));
    const fields = metricFields(values, 'Rescind-Dispatch-1', now, provider);
    expect([...metricsIn(JSON.stringify(fields)).keys()]).toEqual(
      providerMetrics.map((name) => `${name} FunctionName=Rescind-Dispatch-1 Provider=${provider}`),
    );
  });

  test('have no dimension of which there could be any number', () => {
    for (const fields of [
      metricFields({ ProviderCalls: 1 }, 'f', now, 'truto'),
      metricFields({ EndpointsDisabled: 1 }, 'f', now),
    ]) {
      const names = envelope
        .parse(fields['_aws'])
        .CloudWatchMetrics.flatMap(({ Dimensions }) => Dimensions.flat());
      expect(names.filter((name) => name !== 'FunctionName' && name !== 'Provider')).toEqual([]);
    }
  });
});

describe('the rules refuse', () => {
  const good = () => ({ ...metricFields({ EndpointsDisabled: 1 }, 'f', now) });
  test.each([
    ['a dimension that is not there', () => ({ ...good(), FunctionName: undefined })],
    ['a metric that is not there', () => ({ ...good(), EndpointsDisabled: undefined })],
    ['a metric in words', () => ({ ...good(), EndpointsDisabled: '1' })],
    ['a dimension in numbers', () => ({ ...good(), FunctionName: 1 })],
    ['a time in seconds', () => metricFields({ EndpointsDisabled: 1 }, 'f', 1_795_000_000 as Instant)],
    ['no metric at all', () => metricFields({}, 'f', now)],
    ['no envelope', () => ({ EndpointsDisabled: 1 })],
  ])('%s', (_, line) => {
    expect(() => metricsIn(JSON.stringify(line()))).toThrow();
  });
});

describe('what an invocation counts', () => {
  test('is summed up by name and provider, one set of fields for each provider', () => {
    const counts = newCounts();
    counts.add('ProviderCalls', 'truto');
    counts.add('ProviderCalls', 'truto');
    counts.add('ProviderErrors', 'truto');
    counts.add('ProviderCalls', 'box-sign');
    counts.add('EndpointsDisabled');
    const lines = counts
      .fields('f', now)
      .map((fields) => Object.fromEntries(metricsIn(JSON.stringify(fields))));
    expect(lines).toEqual([
      { 'ProviderCalls FunctionName=f Provider=truto': 2, 'ProviderErrors FunctionName=f Provider=truto': 1 },
      { 'ProviderCalls FunctionName=f Provider=box-sign': 1 },
      { 'EndpointsDisabled FunctionName=f': 1 },
    ]);
  });

  test('is nothing where nothing was counted: the line then costs no metric', () => {
    expect(newCounts().fields('f', now)).toEqual([]);
  });
});
