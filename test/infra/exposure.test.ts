/** What of a deployment can be reached from outside, and that nothing in its template is a secret. */
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { environmentNames, queueUrlName } from '../../shared/environment.ts';
import { routes } from '../../shared/http/routes.ts';
import { addressSettings, providerNames } from '../../shared/providers/registry.ts';
import { settingNamesWhere, settings } from '../../shared/settings.ts';
import { synthesize } from './synthesize.ts';

const localSettings = Object.fromEntries(
  settingNamesWhere('local').map((name) => [name, `value-of-${name.toLowerCase()}`]),
);
const addresses = Object.fromEntries(addressSettings.map((name) => [name, 'https://sandbox.example.com']));
const { template, resources, ofType } = synthesize({ ...localSettings, ...addresses });

const Environment = z.object({ Variables: z.record(z.string(), z.unknown()) });
const variables = ofType('AWS::Lambda::Function').flatMap(([, properties]) =>
  properties['Environment'] === undefined
    ? []
    : Object.entries(Environment.parse(properties['Environment']).Variables),
);

describe('from outside', () => {
  test('there is the API and nothing else: no function has an address of its own, nothing is in a bucket', () => {
    const services = new Set(Object.values(resources).map(({ Type }) => Type.split('::')[1]));
    expect([...services].sort()).toEqual([
      'ApiGatewayV2',
      'CloudWatch',
      'DynamoDB',
      'Events',
      'IAM',
      'Lambda',
      'Logs',
      'SQS',
      'SecretsManager',
    ]);
    template.resourceCountIs('AWS::Lambda::Url', 0);
    template.resourceCountIs('AWS::ApiGatewayV2::Api', 1);
  });

  test('no page of another origin may call it: keys do not belong into browsers', () => {
    for (const [, api] of ofType('AWS::ApiGatewayV2::Api')) {
      expect(api['ProtocolType']).toBe('HTTP');
      expect(api).not.toHaveProperty('CorsConfiguration');
    }
  });

  test('each route that is open to whoever has a token in its path has a throttle of its own', () => {
    const open = Object.values(routes).filter(({ key, path }) => !key && path.includes('{token}'));
    expect(open.length).toBeGreaterThan(0);
    const { RouteSettings } = z
      .object({ RouteSettings: z.record(z.string(), z.unknown()) })
      .parse(ofType('AWS::ApiGatewayV2::Stage')[0]?.[1]);
    expect(Object.keys(RouteSettings).sort()).toEqual(
      open.map(({ method, path }) => `${method} ${path}`).sort(),
    );
  });
});

describe('the environment of the functions', () => {
  test('holds names, addresses and settings that are known here, and no others', () => {
    const known: readonly string[] = [
      ...Object.values(environmentNames),
      ...providerNames.map(queueUrlName),
      ...settingNamesWhere('function'),
      ...addressSettings,
    ];
    expect([...new Set(variables.map(([name]) => name))].sort()).toEqual([...known].sort());
  });

  test('names a secret and never holds one: what is secret is read where it lies', () => {
    const held = variables.filter(([name, value]) => {
      const isSetting = name in settings || addressSettings.some((setting) => setting === name);
      return !isSetting && typeof value === 'string';
    });
    // Two prefixes, which begin with the stack's name; all else refers to a resource.
    expect(new Set(held.map(([name, value]) => `${name}=${value}`))).toEqual(
      new Set([
        `${environmentNames.secretPrefix}=Rescind/accounts/`,
        `${environmentNames.endpointSecretPrefix}=Rescind/endpoints/`,
      ]),
    );
  });

  test('leads the SDK nowhere: what calls AWS does so over TLS, at its own address', () => {
    expect(variables.filter(([name]) => /^(AWS_|NODE_)/.test(name))).toEqual([]);
  });
});

test('what is set for a local stack, keys among it, is nowhere in the template', () => {
  const text = JSON.stringify(template.toJSON());
  expect(Object.keys(localSettings)).toContain('RESCIND_API_KEY');
  expect(Object.values(localSettings).filter((value) => text.includes(value))).toEqual([]);
});
