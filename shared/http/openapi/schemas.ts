/** Names and JSON Schema details for the schemas of the API, which the functions themselves do not need. */
import * as z from 'zod/mini';
import { requestIdPattern, webhookTokenPattern } from '../../domain/ids.ts';
import * as fields from '../contract/fields.ts';
import { pageLimit } from '../contract/requests.ts';
import * as responses from '../contract/responses.ts';

/** zod-openapi makes a component of every schema with an id. */
const component = <T extends z.ZodMiniType>(id: string, schema: T, description?: string): T => {
  z.globalRegistry.add(schema, { id, ...(description === undefined ? {} : { description }) });
  return schema;
};

export const problemSchema = component('Problem', responses.problem, 'RFC 9457 problem details.');
export const accountSchema = component('Account', responses.account, 'A connection to a provider.');
export const accountPageSchema = component('AccountPage', responses.accountPage);
export const accountCheckSchema = component('AccountCheck', responses.accountCheck);
export const webhookRegistrationSchema = component('WebhookRegistration', responses.webhookRegistration);
export const signatureRequestSchema = component('SignatureRequest', responses.signatureRequest);
export const signatureRequestPageSchema = component('SignatureRequestPage', responses.signatureRequestPage);
export const historyPageSchema = component('HistoryPage', responses.historyPage);
component(
  'Cancellation',
  responses.cancellation,
  'The wish to cancel one signature request, and what came of it.',
);
component('HistoryEntry', responses.historyEntry);

/** A parameter's text as the JSON type that it stands for; checks that JSON Schema has a word for and zod has not. */
const describeAs = (schema: z.ZodMiniType, override: Record<string, unknown>): void => {
  z.globalRegistry.add(schema, {
    override: ({ jsonSchema }: { jsonSchema: object }) => Object.assign(jsonSchema, override),
  });
};
describeAs(fields.reason, { minLength: 1, maxLength: 1000 });
describeAs(pageLimit, { type: 'integer', minimum: 1, maximum: 100, default: 20, pattern: undefined });

const parameters: Readonly<Record<string, z.ZodMiniType>> = {
  account_id: fields.accountId,
  id: z.string().check(z.regex(requestIdPattern)),
  token: z.string().check(z.regex(webhookTokenPattern)),
  asset: z.string(),
};

/** @throws Error for a path parameter that has no schema here. */
export const parameterSchemas = (names: readonly string[]): Record<string, z.ZodMiniType> =>
  Object.fromEntries(
    names.map((name) => {
      const schema = parameters[name];
      if (schema === undefined) throw new Error(`the path parameter ${name} has no schema`);
      return [name, schema];
    }),
  );
