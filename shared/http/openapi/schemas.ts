/** Names and JSON Schema details for the schemas of the API, which the functions themselves do not need. */
import * as z from 'zod/mini';
import { namePattern, requestIdPattern, webhookTokenPattern } from '../../domain/ids.ts';
import * as fields from '../contract/fields.ts';
import * as providers from '../contract/providers.ts';
import { pageLimit } from '../contract/requests.ts';
import * as responses from '../contract/responses.ts';
import { signTokenPattern } from '../sign-token.ts';

/** zod-openapi makes a component of every schema with an id. */
export const component = <T extends z.ZodMiniType>(id: string, schema: T, description?: string): T => {
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
export const providerPageSchema = component('ProviderPage', providers.providerPage);
component('Provider', providers.provider, 'What can be done at a provider.');
component('CreationField', providers.creationField, 'What becomes of a field of the body there.');
component('Signer', responses.signer);
component('Creation', responses.creation, 'How a request that was made here came to be at its provider.');
component('Reminder', responses.reminder, 'The last reminder that was asked for.');
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
  endpoint_id: z.string().check(z.regex(namePattern)),
  id: z.string().check(z.regex(requestIdPattern)),
  '/webhooks/{token}': z.string().check(z.regex(webhookTokenPattern)),
  '/sign/{token}': z.string().check(z.regex(signTokenPattern)),
  asset: z.string(),
};

/**
 * By the parameter's name, or by the whole path where the same name means different things.
 * @throws Error for a path parameter that has no schema here.
 */
export const parameterSchemas = (path: string): Record<string, z.ZodMiniType> =>
  Object.fromEntries(
    [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => {
      const schema = parameters[name] ?? parameters[path];
      if (schema === undefined) throw new Error(`the path parameter ${name} has no schema`);
      return [name, schema];
    }),
  );
