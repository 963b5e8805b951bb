/** Reads the settings of a deployment from CDK context, so that a bad value stops the synthesis with its name. */
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Node } from 'constructs';
import { mayConnectTo } from '../shared/net/addresses.ts';
import { readSetting, settingNamesWhere, settings, url } from '../shared/settings.ts';

export interface DeploymentSettings {
  /** Every `where: 'function'` setting that has a value, as text, under its own name. */
  readonly functionEnvironment: Readonly<Record<string, string>>;
  /** The providers' addresses that this deployment overrides, under the names of their settings. */
  readonly addressOverrides: Readonly<Record<string, string>>;
  /** Whole minutes: the finest that a schedule offers. */
  readonly sweepIntervalMinutes: number;
  readonly logRetention: RetentionDays;
  readonly alarmEmail: string | null;
}

/** @throws Error that names the setting, its value and what is expected. */
export const readDeploymentSettings = (
  node: Node,
  addressSettings: readonly string[],
): DeploymentSettings => {
  const templateSettings = contextValues(node, settingNamesWhere('template'));
  const functionSettings = contextValues(node, settingNamesWhere('function'));
  const isLocal = readSetting(functionSettings, 'ALLOW_LOOPBACK_TARGETS') === 'on';
  const publicBaseUrl = readSetting(functionSettings, 'PUBLIC_BASE_URL');
  if (publicBaseUrl !== null) refuseUnsafe('PUBLIC_BASE_URL', publicBaseUrl, isLocal);
  return {
    functionEnvironment: functionEnvironment(functionSettings),
    addressOverrides: addressOverrides(contextValues(node, addressSettings), isLocal),
    sweepIntervalMinutes: Math.ceil(readSetting(templateSettings, 'SWEEP_INTERVAL_SECONDS') / 60),
    logRetention: logRetention(readSetting(templateSettings, 'LOG_RETENTION_DAYS')),
    alarmEmail: readSetting(templateSettings, 'ALARM_EMAIL'),
  };
};

/** Apart from the rest, because the stack has its name before it has anything else. */
export const readStackName = (node: Node): string =>
  readSetting(contextValues(node, ['STACK_NAME']), 'STACK_NAME');

type ContextValues = Readonly<Record<string, string | undefined>>;

/** `-c` gives strings, cdk.json may give numbers: both are read as text. */
const contextValues = (node: Node, names: readonly string[]): ContextValues =>
  Object.fromEntries(
    names.map((name) => {
      const value: unknown = node.tryGetContext(name);
      return [name, value === undefined || value === null ? undefined : String(value)];
    }),
  );

const functionEnvironment = (given: ContextValues): Record<string, string> =>
  Object.fromEntries(
    settingNamesWhere('function').flatMap((name) => {
      readSetting(given, name);
      const text = given[name] || settings[name].default;
      return text === null ? [] : [[name, text]];
    }),
  );

const addressOverrides = (given: ContextValues, isLocal: boolean): Record<string, string> =>
  Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => {
      if (!value) return [];
      const parsed = url.safeParse(value);
      if (!parsed.success) refuse(name, value, parsed.error.issues[0]?.message);
      refuseUnsafe(name, value, isLocal);
      return [[name, value]];
    }),
  );

/**
 * Credentials go there, or unguessable paths. In plain text they may do so within this machine, or where a stack is not
 * for the world at all.
 */
const refuseUnsafe = (name: string, address: string, isLocal: boolean): void => {
  const { protocol, hostname, username, password } = new URL(address);
  if (username !== '' || password !== '') refuse(name, address, 'must not hold a user name or a password');
  if (protocol !== 'https:' && !isLocal && !isLoopback(hostname))
    refuse(name, address, 'must be an https URL');
};

const refuse = (name: string, value: string, complaint: string | undefined): never => {
  throw new Error(`${name}=${JSON.stringify(value)}: ${complaint}`);
};

const isLoopback = (hostname: string): boolean => {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return host === 'localhost' || (mayConnectTo(host, true) && !mayConnectTo(host, false));
};

const logRetention = (days: number): RetentionDays => {
  const offered = Object.values(RetentionDays).filter(
    (period) => typeof period === 'number' && period !== RetentionDays.INFINITE,
  );
  if (!offered.includes(days)) {
    throw new Error(`LOG_RETENTION_DAYS="${days}": CloudWatch offers ${offered.join(', ')}`);
  }
  return days;
};
