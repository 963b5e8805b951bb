/** Secrets Manager's operations and errors, as far as this template and its functions can meet them. */
import { randomBytes, randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { localArn } from '../local-aws.ts';
import type { Secret, SecretStore, SecretVersion } from './secret-store.ts';

export class SecretsManagerError extends Error {
  readonly type: string;
  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

export type Operation = (input: unknown, store: SecretStore, now: number) => object;

const name = z.string().check(z.regex(/^[A-Za-z0-9/_+=.@-]{1,512}$/));
const value = { SecretString: z.optional(z.string()), SecretBinary: z.optional(z.string()) };
const token = z.optional(z.string().check(z.minLength(32), z.maxLength(64)));
const secretId = z.string().check(z.minLength(1));

const createSecret: Operation = (input, store, now) => {
  const asked = parse(
    z.object({ Name: name, ClientRequestToken: token, Description: z.optional(z.string()), ...value }),
    input,
  );
  const id = asked.ClientRequestToken ?? randomUUID();
  const standing = store.find(asked.Name);
  if (standing?.deleted) {
    throw invalidRequest(
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
  }
  if (standing) {
    const repeated = standing.versions.find((version) => version.id === id);
    if (repeated && sameValue(repeated, asked)) return { ...identity(standing), VersionId: id };
    throw new SecretsManagerError(
      'ResourceExistsException',
      `The operation failed because the secret ${asked.Name} already exists.`,
    );
  }
  const secret: Secret = {
    name: asked.Name,
    arn: localArn('secretsmanager', `secret:${asked.Name}-${randomBytes(3).toString('hex')}`),
    ...(asked.Description === undefined ? {} : { description: asked.Description }),
    created: now,
    lastChanged: now,
    deleted: null,
    versions: hasValue(asked) ? [newVersion(id, asked, now)] : [],
  };
  store.save(secret);
  return { ...identity(secret), ...(hasValue(asked) ? { VersionId: id } : {}) };
};

const putSecretValue: Operation = (input, store, now) => {
  const asked = parse(z.object({ SecretId: secretId, ClientRequestToken: token, ...value }), input);
  if (!hasValue(asked)) throw invalidRequest('You must provide either SecretString or SecretBinary.');
  const secret = living(asked.SecretId, store);
  const id = asked.ClientRequestToken ?? randomUUID();
  const repeated = secret.versions.find((version) => version.id === id);
  if (repeated && !sameValue(repeated, asked)) {
    throw new SecretsManagerError(
      'ResourceExistsException',
      'A version with this ClientRequestToken exists with another value.',
    );
  }
  if (!repeated) {
    store.save({
      ...secret,
      lastChanged: now,
      versions: [newVersion(id, asked, now), ...demoted(secret.versions)],
    });
  }
  return { ...identity(secret), VersionId: id, VersionStages: repeated?.stages ?? ['AWSCURRENT'] };
};

const getSecretValue: Operation = (input, store) => {
  const asked = parse(
    z.object({ SecretId: secretId, VersionId: z.optional(z.string()), VersionStage: z.optional(z.string()) }),
    input,
  );
  const secret = living(asked.SecretId, store);
  const stage = asked.VersionStage ?? (asked.VersionId === undefined ? 'AWSCURRENT' : undefined);
  const version = secret.versions.find(
    (candidate) =>
      (stage === undefined || candidate.stages.includes(stage)) &&
      (asked.VersionId === undefined || candidate.id === asked.VersionId),
  );
  if (!version)
    throw notFound(` value for ${stage ? `staging label: ${stage}` : `VersionId: ${asked.VersionId}`}`);
  return {
    ...identity(secret),
    VersionId: version.id,
    VersionStages: version.stages,
    CreatedDate: version.created,
    SecretString: version.secretString,
    SecretBinary: version.secretBinary,
  };
};

const deleteSecret: Operation = (input, store, now) => {
  const asked = parse(
    z.object({
      SecretId: secretId,
      ForceDeleteWithoutRecovery: z.optional(z.boolean()),
      RecoveryWindowInDays: z.optional(z.int().check(z.minimum(7), z.maximum(30))),
    }),
    input,
  );
  const forced = asked.ForceDeleteWithoutRecovery ?? false;
  if (forced && asked.RecoveryWindowInDays !== undefined) {
    throw invalidParameter(
      "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
    );
  }
  const secret = lookUp(asked.SecretId, store);
  if (forced) {
    if (secret) store.remove(secret.name);
    return { ...(secret ? identity(secret) : { Name: asked.SecretId }), DeletionDate: now };
  }
  const alive = living(asked.SecretId, store);
  const dueAt = now + (asked.RecoveryWindowInDays ?? 30) * 86_400;
  store.save({ ...alive, deleted: { at: now, dueAt } });
  return { ...identity(alive), DeletionDate: dueAt };
};

const restoreSecret: Operation = (input, store) => {
  const secret = existing(parse(z.object({ SecretId: secretId }), input).SecretId, store);
  store.save({ ...secret, deleted: null });
  return identity(secret);
};

const describeSecret: Operation = (input, store) =>
  description(existing(parse(z.object({ SecretId: secretId }), input).SecretId, store));

const listSecrets: Operation = (input, store) => {
  const asked = parse(
    z.object({
      MaxResults: z.optional(z.int().check(z.minimum(1), z.maximum(100))),
      NextToken: z.optional(z.string().check(z.regex(/^\d+$/))),
      IncludePlannedDeletion: z.optional(z.boolean()),
      Filters: z.optional(z.array(z.object({ Key: z.literal('name'), Values: z.array(z.string()) }))),
    }),
    input,
  );
  const start = Number(asked.NextToken ?? 0);
  const end = start + (asked.MaxResults ?? 100);
  const matching = store
    .list()
    .filter((secret) => secret.deleted === null || asked.IncludePlannedDeletion === true)
    .filter((secret) =>
      (asked.Filters ?? []).every(({ Values }) => Values.some((prefix) => secret.name.startsWith(prefix))),
    );
  return {
    SecretList: matching.slice(start, end).map(description),
    ...(end < matching.length ? { NextToken: String(end) } : {}),
  };
};

export const operations: Readonly<Record<string, Operation>> = {
  CreateSecret: createSecret,
  PutSecretValue: putSecretValue,
  GetSecretValue: getSecretValue,
  DeleteSecret: deleteSecret,
  RestoreSecret: restoreSecret,
  DescribeSecret: describeSecret,
  ListSecrets: listSecrets,
};

type Value = { readonly SecretString?: string | undefined; readonly SecretBinary?: string | undefined };

const parse = <T>(schema: z.ZodMiniType<T>, input: unknown): T => {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw invalidParameter(
    parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
  );
};

const invalidParameter = (message: string) => new SecretsManagerError('InvalidParameterException', message);
const invalidRequest = (message: string) => new SecretsManagerError('InvalidRequestException', message);
const notFound = (what = '.') =>
  new SecretsManagerError(
    'ResourceNotFoundException',
    `Secrets Manager can't find the specified secret${what}`,
  );

/** By name, by ARN, or by ARN without its random end. */
const lookUp = (id: string, store: SecretStore): Secret | null =>
  id.startsWith('arn:')
    ? (store.list().find((secret) => secret.arn === id || secret.arn.replace(/-[0-9a-f]{6}$/, '') === id) ??
      null)
    : store.find(id);

const existing = (id: string, store: SecretStore): Secret => {
  const secret = lookUp(id, store);
  if (!secret) throw notFound();
  return secret;
};

const living = (id: string, store: SecretStore): Secret => {
  const secret = existing(id, store);
  if (!secret.deleted) return secret;
  throw invalidRequest("You can't perform this operation on the secret because it was marked for deletion.");
};

const hasValue = (asked: Value) => asked.SecretString !== undefined || asked.SecretBinary !== undefined;

const sameValue = (version: SecretVersion, asked: Value) =>
  version.secretString === asked.SecretString && version.secretBinary === asked.SecretBinary;

const newVersion = (id: string, asked: Value, now: number): SecretVersion => ({
  id,
  stages: ['AWSCURRENT'],
  created: now,
  secretString: asked.SecretString,
  secretBinary: asked.SecretBinary,
});

/** The current version becomes the previous one; what loses its last label is gone. */
const demoted = (versions: readonly SecretVersion[]): SecretVersion[] =>
  versions
    .filter((version) => version.stages.includes('AWSCURRENT'))
    .map((version) => ({ ...version, stages: ['AWSPREVIOUS'] }));

const identity = (secret: Secret) => ({ ARN: secret.arn, Name: secret.name });

const description = (secret: Secret) => ({
  ...identity(secret),
  Description: secret.description,
  CreatedDate: secret.created,
  LastChangedDate: secret.lastChanged,
  ...(secret.deleted ? { DeletedDate: secret.deleted.at } : {}),
  VersionIdsToStages: Object.fromEntries(secret.versions.map((version) => [version.id, version.stages])),
});
