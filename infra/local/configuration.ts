/** What the environment asks of the local stack. */
import { resolve } from 'node:path';
import { addressSettings } from '../../shared/providers/registry.ts';
import { readSetting, type SettingName, settingNamesWhere } from '../../shared/settings.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Configuration {
  readonly port: number;
  readonly dataDir: string;
  readonly simulators: boolean;
  readonly simulatorPort: number;
  readonly apiKey: string;
  readonly secondApiKey: string | null;
  readonly dynamodbEndpoint: string | null;
  readonly sqsEndpoint: string | null;
  /** Null: the gateway's own address. */
  readonly publicBaseUrl: string | null;
  readonly sweepIntervalMs: number;
  /** The deployment's settings that were given or that differ on this machine, as CDK context. */
  readonly context: Readonly<Record<string, string>>;
}

/** The key of the demo tenant where none is given. Not among the settings: those are part of every bundle. */
export const demoKey = 'demo-key-for-this-machine-only';

/** @throws Error that names the setting, its value and what is expected. */
export const readConfiguration = (environment: Environment): Configuration => {
  const configuration = read(environment);
  if (configuration.secondApiKey === configuration.apiKey) {
    throw new Error('RESCIND_SECOND_API_KEY is the same as RESCIND_API_KEY: a key belongs to one tenant');
  }
  return configuration;
};

const read = (environment: Environment): Configuration => ({
  port: readSetting(environment, 'PORT'),
  dataDir: resolve(readSetting(environment, 'DATA_DIR')),
  simulators: readSetting(environment, 'SIMULATORS') === 'on',
  simulatorPort: readSetting(environment, 'SIMULATOR_PORT'),
  apiKey: readSetting(environment, 'RESCIND_API_KEY') ?? demoKey,
  secondApiKey: readSetting(environment, 'RESCIND_SECOND_API_KEY'),
  dynamodbEndpoint: readSetting(environment, 'DYNAMODB_ENDPOINT'),
  sqsEndpoint: readSetting(environment, 'SQS_ENDPOINT'),
  publicBaseUrl: readSetting(environment, 'PUBLIC_BASE_URL'),
  sweepIntervalMs: readSetting(environment, 'SWEEP_INTERVAL_SECONDS') * 1_000,
  context: readContext(environment),
});

/**
 * What differs here from a deployment, unless it is given: who tries webhook endpoints or file URLs on this machine has
 * the receiver on this machine too. On AWS the default keeps every function from its own loopback.
 */
const localContext = { ALLOW_LOOPBACK_TARGETS: 'on' } as const satisfies Partial<Record<SettingName, string>>;

const readContext = (environment: Environment): Record<string, string> => {
  const deployed = [...settingNamesWhere('function'), ...settingNamesWhere('template')];
  for (const name of deployed) readSetting(environment, name);
  const names = [...deployed, ...addressSettings];
  const given = names.flatMap((name) => {
    const value = environment[name];
    return value ? [[name, value] as const] : [];
  });
  return { ...localContext, ...Object.fromEntries(given) };
};
