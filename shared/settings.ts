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

/** Whole seconds, joined by commas. */
const secondsList = z.pipe(
  z.pipe(
    z.string().check(z.regex(/^\d{1,7}(,\d{1,7}){0,19}$/, 'must be whole seconds, joined by commas')),
    z.transform((text: string) => text.split(',').map(Number)),
  ),
  z.array(z.number()),
);

interface Setting<T, D extends string | null = string | null> {
  readonly schema: z.ZodMiniType<T, string>;
  readonly default: D;
  /** `function`: part of the functions' environment. `template`: shapes the template. `local`: this machine only. */
  readonly where: 'function' | 'template' | 'local';
}
const setting = <T, D extends string | null>(
  where: Setting<T>['where'],
  schema: Setting<T>['schema'],
  value: D,
): Setting<T, D> => ({ where, schema, default: value });

export const settings = {
  CONFIRMATION_WINDOW_SECONDS: setting('function', wholeNumber(1, 604_800), '3600'),
  RECOVERY_SECONDS: setting('function', wholeNumber(1, 86_400), '60'),
  RETRY_BASE_MS: setting('function', wholeNumber(1, 900_000), '1000'),
  RETRY_CAP_MS: setting('function', wholeNumber(1, 86_400_000), '900000'),
  CANCEL_DEADLINE_SECONDS: setting('function', wholeNumber(1, 2_592_000), '86400'),
  PROVIDER_TIMEOUT_MS: setting('function', wholeNumber(50, 20_000), '10000'),
  RETENTION_DAYS: setting('function', wholeNumber(1, 3_650), '400'),
  FOLLOW_INTERVAL_SECONDS: setting('function', wholeNumber(1, 2_592_000), '21600'),
  EVENT_RETRY_SECONDS: setting('function', secondsList, '5,300,1800,7200,18000,36000,50400,72000,86400'),
  EVENT_DISABLE_AFTER_SECONDS: setting('function', wholeNumber(1, 31_536_000), '432000'),
  EVENT_RETENTION_DAYS: setting('function', wholeNumber(1, 3_650), '30'),
  ALLOW_LOOPBACK_TARGETS: setting('function', z.enum(['on', 'off']), 'off'),
  TRACE_TO_PROVIDERS: setting('function', z.enum(['on', 'off']), 'on'),
  STACK_NAME: setting(
    'template',
    z
      .string()
      .check(
        z.regex(
          /^[A-Za-z][A-Za-z0-9-]{0,30}$/,
          'must be a letter, then up to 30 letters, digits and hyphens',
        ),
      ),
    'Rescind',
  ),
  SWEEP_INTERVAL_SECONDS: setting('template', wholeNumber(1, 3_600), '60'),
  LOG_RETENTION_DAYS: setting('template', wholeNumber(1, 3_653), '30'),
  ALARM_EMAIL: setting('template', z.string().check(z.regex(/^[^@\s]+@[^@\s]+$/)), null),
  PUBLIC_BASE_URL: setting('function', url, null),
  PORT: setting('local', wholeNumber(0, 65_535), '8787'),
  DATA_DIR: setting('local', z.string().check(z.minLength(1)), '.rescind'),
  SIMULATORS: setting('local', z.enum(['on', 'off']), 'on'),
  SIMULATOR_PORT: setting('local', wholeNumber(0, 65_535), '8788'),
  RESCIND_API_KEY: setting('local', z.string().check(z.minLength(8)), null),
  RESCIND_SECOND_API_KEY: setting('local', z.string().check(z.minLength(8)), null),
  DYNAMODB_ENDPOINT: setting('local', url, null),
  SQS_ENDPOINT: setting('local', url, null),
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
