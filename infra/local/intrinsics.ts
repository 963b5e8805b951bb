/** Resolves CloudFormation's intrinsic functions, as far as a CDK app writes them into values that matter at run time. */
import { localAws } from './local-aws.ts';

/** What one resource answers to `Ref` and `Fn::GetAtt`. */
export interface ResourceReference {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}
export type References = ReadonlyMap<string, ResourceReference>;

const pseudoParameters: Readonly<Record<string, string>> = {
  'AWS::Region': localAws.region,
  'AWS::AccountId': localAws.accountId,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': 'Rescind',
};

/** @throws Error that names what cannot be resolved: a value that is wrong here would be found much later. */
export const resolve = (value: unknown, references: References): unknown => {
  if (Array.isArray(value)) return value.map((item) => resolve(item, references));
  if (!isRecord(value)) return value;
  const [key, ...more] = Object.keys(value);
  if (key !== undefined && more.length === 0 && (key === 'Ref' || key.startsWith('Fn::'))) {
    return resolveFunction(key, value[key], references);
  }
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, resolve(inner, references)]));
};

export const resolveText = (value: unknown, references: References): string => {
  const resolved = resolve(value, references);
  if (typeof resolved === 'string') return resolved;
  if (typeof resolved === 'number' || typeof resolved === 'boolean') return String(resolved);
  throw new Error(`expected text, found ${JSON.stringify(value)}`);
};

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const resolveFunction = (name: string, argument: unknown, references: References): unknown => {
  switch (name) {
    case 'Ref':
      return reference(String(argument), references);
    case 'Fn::GetAtt':
      return attribute(argument, references);
    case 'Fn::Join': {
      const [separator, parts] = pair(name, argument);
      return list(name, resolve(parts, references)).join(String(separator));
    }
    case 'Fn::Split': {
      const [separator, source] = pair(name, argument);
      return resolveText(source, references).split(String(separator));
    }
    case 'Fn::Select': {
      const [index, source] = pair(name, argument);
      return list(name, resolve(source, references))[Number(index)];
    }
    case 'Fn::Sub':
      return substitute(argument, references);
    default:
      throw new Error(`the local stack does not know the intrinsic function ${name}`);
  }
};

const reference = (name: string, references: References): string => {
  const value = pseudoParameters[name] ?? references.get(name)?.ref;
  if (value === undefined) throw new Error(`the local stack cannot resolve Ref ${name}`);
  return value;
};

const attribute = (argument: unknown, references: References): string => {
  const [name, ...rest] =
    typeof argument === 'string' ? argument.split('.') : list('Fn::GetAtt', argument).map(String);
  const value = references.get(name ?? '')?.attributes[rest.join('.')];
  if (value === undefined)
    throw new Error(`the local stack cannot resolve Fn::GetAtt ${[name, ...rest].join('.')}`);
  return value;
};

const substitute = (argument: unknown, references: References): string => {
  const [text, given] = Array.isArray(argument) ? argument : [argument, {}];
  const variables = isRecord(given) ? given : {};
  return String(text).replaceAll(/\$\{([^}]+)\}/g, (whole, name: string) => {
    if (name.startsWith('!')) return whole.replace('!', '');
    if (name in variables) return resolveText(variables[name], references);
    return name.includes('.') ? attribute(name, references) : reference(name, references);
  });
};

const list = (name: string, value: unknown): readonly unknown[] => {
  if (Array.isArray(value)) return value;
  throw new Error(`${name} needs a list, found ${JSON.stringify(value)}`);
};

const pair = (name: string, value: unknown): readonly [unknown, unknown] => {
  const [first, second] = list(name, value);
  return [first, second];
};
