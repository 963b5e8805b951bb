/** Creates the template's tables over the wire, once. */
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { parse } from './deployment.ts';
import type { ResourceReference } from './intrinsics.ts';
import { localArn } from './local-aws.ts';
import { resourcesOf, type Template } from './template.ts';

const keySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));

/**
 * What the embedded DynamoDB's CreateTable knows. Time to live, encryption and point-in-time recovery have no
 * meaning here and are left out: expired items are filtered on read in any case.
 */
const tableSchema = z.object({
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  KeySchema: keySchema,
  GlobalSecondaryIndexes: z.optional(
    z.array(
      z.object({
        IndexName: z.string(),
        KeySchema: keySchema,
        Projection: z.object({
          ProjectionType: z.enum(['ALL', 'INCLUDE', 'KEYS_ONLY']),
          NonKeyAttributes: z.optional(z.array(z.string())),
        }),
      }),
    ),
  ),
});

/** @throws Error when a table of another shape stands in its place. */
export const provisionTables = async (
  dynamodb: DynamoDBClient,
  template: Template,
): Promise<ReadonlyMap<string, ResourceReference>> => {
  const references = new Map<string, ResourceReference>();
  for (const [logicalId, resource] of resourcesOf(template, 'AWS::DynamoDB::Table')) {
    const definition = parse(tableSchema, logicalId, resource);
    await provisionTable(dynamodb, { TableName: logicalId, BillingMode: 'PAY_PER_REQUEST', ...definition });
    references.set(logicalId, {
      ref: logicalId,
      attributes: { Arn: localArn('dynamodb', `table/${logicalId}`) },
    });
  }
  return references;
};

const provisionTable = async (
  dynamodb: DynamoDBClient,
  definition: CreateTableCommandInput,
): Promise<void> => {
  const standing = await describe(dynamodb, definition.TableName);
  if (!standing) {
    await dynamodb.send(new CreateTableCommand(definition));
    while ((await describe(dynamodb, definition.TableName))?.TableStatus !== 'ACTIVE') await pause(20);
    return;
  }
  if (shapeOf(standing) !== shapeOf(definition)) {
    throw new Error(
      `table ${definition.TableName} was made by another version, with other keys or indexes: start with an empty DATA_DIR`,
    );
  }
};

const describe = async (dynamodb: DynamoDBClient, TableName: string | undefined) => {
  try {
    return (await dynamodb.send(new DescribeTableCommand({ TableName }))).Table ?? null;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  }
};

type Key = { readonly AttributeName?: string | undefined; readonly KeyType?: string | undefined };
interface Shape {
  readonly KeySchema?: readonly Key[] | undefined;
  readonly GlobalSecondaryIndexes?:
    | readonly { readonly IndexName?: string | undefined; readonly KeySchema?: readonly Key[] | undefined }[]
    | undefined;
}

const shapeOf = ({ KeySchema, GlobalSecondaryIndexes }: Shape): string => {
  const keys = (schema: readonly Key[] | undefined) =>
    (schema ?? []).map((key) => `${key.AttributeName} ${key.KeyType}`);
  const indexes = (GlobalSecondaryIndexes ?? []).map((index) =>
    [index.IndexName, ...keys(index.KeySchema)].join(' '),
  );
  return JSON.stringify([keys(KeySchema), indexes.sort()]);
};

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
