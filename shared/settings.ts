/**
 * Every setting of a deployment, written down once. On AWS a setting is a CDK context value of the same name
 * (`cdk deploy -c CONFIRMATION_WINDOW_SECONDS=1800`); locally it is an environment variable. Functions get
 * theirs through the template's environment in both cases.
 */
import * as z from 'zod/mini';

const wholeNumber = (minimum: number, maximum: number) =>
  z.pipe(
    z.pipe(z.string().check(z.regex(/^\d+$/, 'must be a whole number')), z.transform(Number)),
    z.number().check(z.minimum(minimum), z.maximum(maximum)),
  );
export const url = z
  .string()
  .check(z.regex(/^https?:\/\/[^\s?#]+[^\s?#/]$/, 'must be an http(s) URL without a trailing slash'));

interface Setting<T, D extends string | null = string | null> {
  readonly schema: z.ZodMiniType<T, string>;
  readonly default: D;
  /** `function`: part of the functions' environment. `template`: shapes the template. `local`: this machine only. */
  readonly where: 'function' | 'template' | 'local';
  readonly meaning: string;
}
const setting = <T, D extends string | null>(
  where: Setting<T>['where'],
  schema: Setting<T>['schema'],
  value: D,
  meaning: string,
): Setting<T, D> => ({ where, schema, default: value, meaning });

export const settings = {
  CONFIRMATION_WINDOW_SECONDS: setting(
    'function',
    wholeNumber(1, 604_800),
    '3600',
    'How long to wait for proof after a provider accepted, before looking and submitting again.',
  ),
  RECOVERY_SECONDS: setting(
    'function',
    wholeNumber(1, 86_400),
    '60',
    'How soon the sweep looks for a step that nobody took.',
  ),
  RETRY_BASE_MS: setting(
    'function',
    wholeNumber(1, 900_000),
    '1000',
    'First bound of the back-off; it doubles with each failure.',
  ),
  RETRY_CAP_MS: setting('function', wholeNumber(1, 86_400_000), '900000', 'Largest bound of the back-off.'),
  CANCEL_DEADLINE_SECONDS: setting(
    'function',
    wholeNumber(1, 2_592_000),
    '86400',
    'A cancellation without proof is given up this long after its first attempt.',
  ),
  PROVIDER_TIMEOUT_MS: setting(
    'function',
    wholeNumber(50, 20_000),
    '10000',
    'Time-out of one call to a provider.',
  ),
  RETENTION_DAYS: setting('function', wholeNumber(1, 3_650), '400', 'How long finished requests are kept.'),
  STACK_NAME: setting(
    'template',
    z
      .string()
      .check(z.regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'must be a letter, then letters, digits and hyphens')),
    'Rescind',
    'Name of the CloudFormation stack; a second deployment in one account and region needs another.',
  ),
  SWEEP_INTERVAL_SECONDS: setting(
    'template',
    wholeNumber(1, 3_600),
    '60',
    'How often the sweep runs; whole minutes on AWS.',
  ),
  LOG_RETENTION_DAYS: setting(
    'template',
    wholeNumber(1, 3_653),
    '30',
    'How long CloudWatch keeps the logs; a period that CloudWatch offers.',
  ),
  ALARM_EMAIL: setting(
    'template',
    z.string().check(z.regex(/^[^@\s]+@[^@\s]+$/)),
    null,
    'Where alarms are mailed to; without it they are only shown.',
  ),
  PUBLIC_BASE_URL: setting(
    'function',
    url,
    null,
    'The base of webhook URLs; by default the address of the API.',
  ),
  PORT: setting('local', wholeNumber(0, 65_535), '8787', 'Port of the gateway on 127.0.0.1.'),
  DATA_DIR: setting(
    'local',
    z.string().check(z.minLength(1)),
    '.rescind',
    'Where DynamoDB, SQS, secrets, simulators and logs keep their data.',
  ),
  SIMULATORS: setting('local', z.enum(['on', 'off']), 'on', 'Whether to start the simulated providers.'),
  SIMULATOR_PORT: setting(
    'local',
    wholeNumber(0, 65_535),
    '8788',
    'Port of the simulated providers, one path prefix each.',
  ),
  RESCIND_API_KEY: setting(
    'local',
    z.string().check(z.minLength(8)),
    null,
    'Seeds a tenant with this key; without it, with a demo key that the start prints.',
  ),
  RESCIND_SECOND_API_KEY: setting(
    'local',
    z.string().check(z.minLength(8)),
    null,
    'Seeds a second tenant with this key.',
  ),
  DYNAMODB_ENDPOINT: setting(
    'local',
    url,
    null,
    'A DynamoDB-compatible server to use instead of the embedded one.',
  ),
  SQS_ENDPOINT: setting('local', url, null, 'An SQS-compatible server to use instead of the embedded one.'),
} as const satisfies Record<string, Setting<unknown>>;

export type SettingName = keyof typeof settings;
export type SettingValue<N extends SettingName> = z.output<(typeof settings)[N]['schema']>;
type WithDefault<N extends SettingName> = (typeof settings)[N]['default'] extends string
  ? SettingValue<N>
  : SettingValue<N> | null;

export const settingNames = Object.keys(settings) as readonly SettingName[];
export const settingNamesWhere = (where: Setting<unknown>['where']): readonly SettingName[] =>
  settingNames.filter((name) => settings[name].where === where);

/**
 * Reads one setting. An empty string counts as not set.
 * @throws Error that names the setting, its value and what is expected.
 */
export const readSetting = <N extends SettingName>(
  source: Readonly<Record<string, string | undefined>>,
  name: N,
): WithDefault<N> => {
  const given = source[name];
  const text = given === undefined || given === '' ? settings[name].default : given;
  if (text === null) return null as WithDefault<N>;
  const parsed = settings[name].schema.safeParse(text);
  if (!parsed.success) {
    throw new Error(
      `${name}=${JSON.stringify(text)}: ${parsed.error.issues.map((issue) => issue.message).join('; ')}`,
    );
  }
  return parsed.data as WithDefault<N>;
};
