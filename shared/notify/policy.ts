/** The policy of outgoing events from the deployment's settings. */
import { readSetting } from '../settings.ts';
import type { EventPolicy } from './schedule.ts';

export const eventPolicyOf = (environment: Readonly<Record<string, string | undefined>>): EventPolicy => ({
  retryMs: readSetting(environment, 'EVENT_RETRY_SECONDS').map((seconds) => seconds * 1000),
  disableAfterMs: readSetting(environment, 'EVENT_DISABLE_AFTER_SECONDS') * 1000,
  recoveryMs: readSetting(environment, 'RECOVERY_SECONDS') * 1000,
  allowLoopback: readSetting(environment, 'ALLOW_LOOPBACK_TARGETS') === 'on',
});
