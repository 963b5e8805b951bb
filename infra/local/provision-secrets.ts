/** Creates the template's secrets over the wire, once: a restart finds the value that the first start generated. */
import { randomInt } from 'node:crypto';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import * as z from 'zod/mini';
import { parse } from './deployment.ts';
import { type ResourceReference, resolveText } from './intrinsics.ts';
import { resourcesOf, type Template } from './template.ts';

/** A secret of generated text. One with a value in the template, a rotation or a replica is refused. */
const secretSchema = z.strictObject({
  Name: z.optional(z.unknown()),
  Description: z.optional(z.string()),
  GenerateSecretString: z.strictObject({
    PasswordLength: z._default(z.int().check(z.minimum(1), z.maximum(4_096)), 32),
    ExcludePunctuation: z.literal(true),
  }),
  Tags: z.optional(z.unknown()),
});

export const provisionSecrets = async (
  secretsManager: SecretsManagerClient,
  template: Template,
): Promise<ReadonlyMap<string, ResourceReference>> => {
  const references = new Map<string, ResourceReference>();
  for (const [logicalId, resource] of resourcesOf(template, 'AWS::SecretsManager::Secret')) {
    const { Name, Description, GenerateSecretString } = parse(secretSchema, logicalId, resource);
    const name = Name === undefined ? logicalId : resolveText(Name, references);
    const arn =
      (await arnOf(secretsManager, name)) ??
      (await create(secretsManager, name, Description, generated(GenerateSecretString.PasswordLength)));
    references.set(logicalId, { ref: arn, attributes: { Id: arn } });
  }
  return references;
};

/** @returns null when there is none of this name */
const arnOf = async (client: SecretsManagerClient, SecretId: string): Promise<string | null> => {
  try {
    return (await client.send(new DescribeSecretCommand({ SecretId }))).ARN ?? null;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  }
};

const create = async (
  client: SecretsManagerClient,
  Name: string,
  Description: string | undefined,
  SecretString: string,
): Promise<string> => {
  const { ARN = '' } = await client.send(new CreateSecretCommand({ Name, Description, SecretString }));
  return ARN;
};

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

const generated = (length: number): string =>
  Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
