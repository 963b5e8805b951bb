/** What each setting means, for the documentation: apart from the settings, so that no function carries it. */
import type { SettingName } from './settings.ts';

export const settingMeanings: Readonly<Record<SettingName, string>> = {
  CONFIRMATION_WINDOW_SECONDS:
    'How long to wait for proof after a provider accepted, before looking and submitting again.',
  RECOVERY_SECONDS:
    'How soon the sweep looks for a step that nobody took. Below twice `PROVIDER_TIMEOUT_MS` and 4 s, a call that was held up may overlap with the next.',
  RETRY_BASE_MS: 'First bound of the back-off; it doubles with each failure.',
  RETRY_CAP_MS: 'Largest bound of the back-off.',
  CANCEL_DEADLINE_SECONDS: 'A cancellation without proof is given up this long after its first attempt.',
  PROVIDER_TIMEOUT_MS: 'Time-out of one call to a provider.',
  RETENTION_DAYS: 'How long finished requests are kept.',
  FOLLOW_INTERVAL_SECONDS:
    'How often an open request is read again where its provider has no event for something.',
  EVENT_RETRY_SECONDS: 'How long after each failed attempt an event is sent to an endpoint again.',
  EVENT_DISABLE_AFTER_SECONDS: 'An endpoint that has failed for so long without a success is disabled.',
  EVENT_RETENTION_DAYS: 'How long an event and its attempts are kept, to be looked at and replayed.',
  ALLOW_LOOPBACK_TARGETS:
    'Whether events and file URLs may go to this machine: only for the local stack, where it is on by default.',
  TRACE_TO_PROVIDERS:
    "Whether calls to providers carry the `traceparent` of what they belong to: hexadecimal digits, the client's own where it sent some.",
  STACK_NAME:
    'Name of the CloudFormation stack, 31 characters at most; a second deployment in one account and region needs another.',
  SWEEP_INTERVAL_SECONDS: 'How often the sweep runs; whole minutes on AWS.',
  LOG_RETENTION_DAYS: 'How long CloudWatch keeps the logs; a period that CloudWatch offers.',
  ALARM_EMAIL: 'Where alarms are mailed to; without it they are only shown.',
  PUBLIC_BASE_URL: 'The base of webhook URLs; by default the address of the API.',
  PORT: 'Port of the gateway on 127.0.0.1.',
  DATA_DIR: 'Where DynamoDB, SQS, secrets, simulators and logs keep their data.',
  SIMULATORS: 'Whether to start the simulated providers.',
  SIMULATOR_PORT: 'Port of the simulated providers, one path prefix each.',
  RESCIND_API_KEY: 'Seeds a tenant with this key; without it, with a demo key that the start prints.',
  RESCIND_SECOND_API_KEY: 'Seeds a second tenant with this key.',
  DYNAMODB_ENDPOINT: 'A DynamoDB-compatible server to use instead of the embedded one.',
  SQS_ENDPOINT: 'An SQS-compatible server to use instead of the embedded one.',
};
