import { describe, expect, test } from 'vitest';
import type { Tenant } from '../../../shared/domain/ids.ts';
import { eventTypes, isSubscribed, type Subscribable } from '../../../shared/notify/event-types.ts';
import { rememberedMs, subscriptions } from '../../../shared/notify/subscriptions.ts';

test.each<[Subscribable[], string, boolean]>([
  [['*'], 'cancellation.queued', true],
  [['*'], 'webhook_endpoint.disabled', true],
  [['cancellation.*'], 'cancellation.queued', true],
  [['cancellation.*'], 'signature_request.cancelled', false],
  [['signature_request.*', 'cancellation.failed'], 'cancellation.failed', true],
  [['cancellation.failed'], 'cancellation.queued', false],
  [['signature_request.error'], 'signature_request.error_sending', false],
  [[], 'cancellation.queued', false],
])('%j wants %s: %s', (wanted, type, expected) => {
  expect(isSubscribed(wanted, type)).toBe(expected);
});

test('every event is in a family', () => {
  const families: Subscribable[] = ['cancellation.*', 'signature_request.*', 'webhook_endpoint.*'];
  expect(eventTypes.filter((type) => !isSubscribed(families, type))).toEqual([]);
});

describe('whether anybody is to be told', () => {
  const tenant = 'demo' as Tenant;
  const open = () => {
    const state = { now: 0, reads: 0, types: [] as Subscribable[], broken: false };
    const isWanted = subscriptions({
      now: () => state.now,
      endpoints: {
        list: async () => {
          state.reads += 1;
          if (state.broken) throw new Error('no answer');
          return state.types.length === 0 ? [] : [{ eventTypes: state.types }];
        },
      },
    });
    return { state, asks: (...types: string[]) => isWanted(tenant, types) };
  };

  test('is known from the moment that an endpoint was put: a no is never remembered', async () => {
    const { state, asks } = open();
    expect(await asks('cancellation.queued')).toBe(false);
    state.types = ['cancellation.*'];
    expect([await asks('cancellation.queued'), state.reads]).toEqual([true, 2]);
    expect([await asks('signature_request.sent'), state.reads]).toEqual([false, 3]);
  });

  test('is read once in five seconds where somebody wants it', async () => {
    const { state, asks } = open();
    state.types = ['cancellation.*'];
    expect(await asks('cancellation.queued')).toBe(true);
    state.now = rememberedMs - 1;
    expect([await asks('signature_request.sent', 'cancellation.queued'), state.reads]).toEqual([true, 1]);
    state.types = [];
    state.now = rememberedMs;
    expect([await asks('cancellation.queued'), state.reads]).toEqual([false, 2]);
  });

  test('costs no read where there is nothing to tell', async () => {
    const { state, asks } = open();
    expect([await asks(), state.reads]).toEqual([false, 0]);
  });

  test('is taken for yes where it cannot be found out, and is asked again', async () => {
    const { state, asks } = open();
    state.broken = true;
    expect(await asks('cancellation.queued')).toBe(true);
    state.broken = false;
    expect(await asks('cancellation.queued')).toBe(false);
  });
});
