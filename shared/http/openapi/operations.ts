/** What the OpenAPI document says of each operation beside its route. */
import { putAccountBody } from '../contract/account-body.ts';
import { health } from '../contract/responses.ts';
import type { Operation } from '../routes.ts';
import { bodyProblems, file, json, noBody, type OperationDescription } from './description.ts';
import * as examples from './examples.ts';
import { providerPageExample } from './request-examples.ts';
import { requestDescriptions } from './request-operations.ts';
import * as schemas from './schemas.ts';
import { webhookEndpointDescriptions } from './webhook-endpoint-operations.ts';

const account = (description: string) => json(description, schemas.accountSchema, examples.accountExample);

export const descriptions: Readonly<Record<Operation, OperationDescription>> = {
  putAccount: {
    tag: 'Accounts',
    summary: 'Create or replace an account',
    description:
      'Credentials are write-only. Replacing them ends a pause; the ones before stay valid for the verification of ' +
      'webhooks for 72 hours. A webhook secret that the provider gave when its webhook was registered is kept, unless ' +
      'another is given. The webhook URL stays the same. The provider cannot change.',
    body: { schema: putAccountBody, required: true, examples: examples.putAccountExamples },
    answers: { '200': account('Replaced.'), '201': account('Created.') },
    problems: [...bodyProblems, 'provider-cannot-change'],
  },
  listAccounts: {
    tag: 'Accounts',
    summary: 'List accounts',
    answers: {
      '200': json('All of them.', schemas.accountPageSchema, {
        items: [examples.accountExample],
        next_cursor: null,
      }),
    },
    problems: [],
  },
  getAccount: {
    tag: 'Accounts',
    summary: 'Read an account',
    answers: { '200': account('The account.') },
    problems: ['account-not-found'],
  },
  deleteAccount: {
    tag: 'Accounts',
    summary: 'Delete an account and its credentials',
    answers: { '204': { description: 'Deleted.' } },
    problems: ['account-not-found', 'account-has-open-work'],
  },
  checkAccount: {
    tag: 'Accounts',
    summary: 'Try the credentials of an account',
    description:
      'One harmless read at the provider, and what it found: `good`, `bad_credentials`, `lacking_scope` (the credentials ' +
      'are right, and not allowed to read), `unreachable` (no answer, or a server error) or `unclear`. A good check ends ' +
      'a pause for refused credentials or a blocked account. `webhooks` says whether callbacks can be verified.',
    body: noBody,
    answers: { '200': json('What it found.', schemas.accountCheckSchema, examples.accountCheckExample) },
    problems: [...bodyProblems, 'account-not-found'],
  },
  registerWebhook: {
    tag: 'Accounts',
    summary: "Give the account's webhook URL to its provider",
    description:
      'Where the provider has a call for it, this makes the call, and keeps a secret that the provider shows only then. ' +
      'Else `registered` is false and `steps` say what to do by hand. A provider may keep one webhook for each call: ' +
      'remove those that are not wanted there.',
    body: noBody,
    answers: {
      '200': {
        description: 'Registered, or what to do by hand.',
        content: {
          'application/json': {
            schema: schemas.webhookRegistrationSchema,
            examples: examples.webhookRegistrationExamples,
          },
        },
      },
    },
    problems: [...bodyProblems, 'account-not-found', 'webhook-not-registered'],
  },
  listProviders: {
    tag: 'Providers',
    summary: 'Say what can be done at each provider',
    description:
      'What a cancellation does there, which fields a new request may have (`sent` under its own name, `kept` for what ' +
      'Rescind does with it, `refused`), its limits and its reminders. A provider that `is_silent` does not tell of ' +
      'everything that happens there: its open requests are read again from time to time.',
    answers: { '200': json('All of them.', schemas.providerPageSchema, providerPageExample) },
    problems: [],
  },
  ...requestDescriptions,
  ...webhookEndpointDescriptions,
  receiveWebhook: {
    tag: 'Service',
    summary: "Receive a provider's callback",
    description: "For providers, at the `webhook_url` of an account. The body is the provider's own.",
    answers: { '200': { description: 'Taken; the body is what the provider wants to read.' } },
    problems: ['webhook-refused', 'body-too-large', 'temporarily-unavailable'],
  },
  getHealth: {
    tag: 'Service',
    summary: 'Say whether the service runs',
    answers: { '200': json('It runs.', health, { status: 'ok' }) },
    problems: [],
  },
  getOpenApi: {
    tag: 'Service',
    summary: 'Read this document',
    answers: { '200': file('OpenAPI 3.1.', 'application/json') },
    problems: [],
  },
  getDocs: {
    tag: 'Service',
    summary: 'Read this document as a page',
    answers: { '200': file('A page.', 'text/html') },
    problems: [],
  },
  getDocsAsset: {
    tag: 'Service',
    summary: 'Load a file of that page',
    answers: { '200': file('The file.', 'text/javascript') },
    problems: ['route-not-found'],
  },
};
