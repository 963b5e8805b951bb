/** The domain's policy from the deployment's settings. */
import type { Policy } from './domain/policy.ts';
import { readSetting } from './settings.ts';

export const policyOf = (environment: Readonly<Record<string, string | undefined>>): Policy => ({
  confirmationWindowMs: readSetting(environment, 'CONFIRMATION_WINDOW_SECONDS') * 1000,
  recoveryMs: readSetting(environment, 'RECOVERY_SECONDS') * 1000,
  callMs: readSetting(environment, 'PROVIDER_TIMEOUT_MS'),
  retryBaseMs: readSetting(environment, 'RETRY_BASE_MS'),
  retryCapMs: readSetting(environment, 'RETRY_CAP_MS'),
  deadlineMs: readSetting(environment, 'CANCEL_DEADLINE_SECONDS') * 1000,
  followMs: readSetting(environment, 'FOLLOW_INTERVAL_SECONDS') * 1000,
});
