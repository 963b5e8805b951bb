/** What the OpenAPI document says of each operation beside its route. */
import * as z from 'zod/mini';
import type { ZodOpenApiResponsesObject } from 'zod-openapi';
import { putAccountBody } from '../contract/account-body.ts';
import { cancelBody, createCancellationBody, emptyBody, listQuery } from '../contract/requests.ts';
import { health } from '../contract/responses.ts';
import type { ProblemName } from '../problem.ts';
import type { Operation } from '../routes.ts';
import * as examples from './examples.ts';
import * as schemas from './schemas.ts';

export interface OperationDescription {
  readonly tag: 'Accounts' | 'Cancellations' | 'Service';
  readonly summary: string;
  readonly description?: string;
  readonly query?: z.ZodMiniObject;
  readonly headers?: z.ZodMiniObject;
  readonly body?: {
    readonly schema: z.ZodMiniType;
    readonly required: boolean;
    readonly examples: Record<string, { value: unknown }>;
  };
  readonly answers: ZodOpenApiResponsesObject;
  readonly problems: readonly ProblemName[];
}

const json = (description: string, schema: z.ZodMiniType, example: unknown) => ({
  description,
  content: { 'application/json': { schema, examples: { example: { value: example } } } },
});

const bodyProblems = ['invalid-request', 'body-too-large', 'unsupported-media-type'] as const;
const prefer = z.object({ prefer: z.optional(z.string()) });
const waiting =
  'With `Prefer: wait=N` (at most 25) it answers 200 as soon as the cancellation is confirmed, rejected or failed, ' +
  'else 202 after N seconds.';
const wishAnswers = {
  '200': json('Settled, or cancelled already.', schemas.signatureRequestSchema, examples.confirmedExample),
  '202': json('Written down; it is being worked on.', schemas.signatureRequestSchema, examples.queuedExample),
};
const account = (description: string) => json(description, schemas.accountSchema, examples.accountExample);
const noBody = { schema: emptyBody, required: false, examples: { example: { value: {} } } };
const file = (description: string, type: string) => ({
  '200': { description, content: { [type]: { schema: z.string() } } },
});

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
  createCancellation: {
    tag: 'Cancellations',
    summary: 'Cancel a signature request that Rescind did not create',
    description: `Asking twice is the same cancellation; one that failed is retried. ${waiting}`,
    headers: prefer,
    body: {
      schema: createCancellationBody,
      required: true,
      examples: { example: { value: examples.createCancellationExample } },
    },
    answers: wishAnswers,
    problems: [...bodyProblems, 'account-not-found', 'not-cancellable'],
  },
  listSignatureRequests: {
    tag: 'Cancellations',
    summary: 'List signature requests, newest first',
    description: 'A page may be shorter than `limit`, even empty, while `next_cursor` is not null.',
    query: listQuery,
    answers: {
      '200': json('A page.', schemas.signatureRequestPageSchema, {
        items: [examples.queuedExample],
        next_cursor: null,
      }),
    },
    problems: ['invalid-request'],
  },
  getSignatureRequest: {
    tag: 'Cancellations',
    summary: 'Read a signature request',
    answers: {
      '200': json('The signature request.', schemas.signatureRequestSchema, examples.confirmedExample),
    },
    problems: ['signature-request-not-found'],
  },
  cancelSignatureRequest: {
    tag: 'Cancellations',
    summary: 'Cancel a signature request that Rescind knows',
    description: `Asking twice is the same cancellation; one that failed is retried. ${waiting}`,
    headers: prefer,
    body: { schema: cancelBody, required: false, examples: { example: { value: examples.cancelExample } } },
    answers: wishAnswers,
    problems: [...bodyProblems, 'signature-request-not-found', 'not-cancellable'],
  },
  retryCancellation: {
    tag: 'Cancellations',
    summary: 'Retry a failed cancellation',
    description: waiting,
    headers: prefer,
    body: noBody,
    answers: wishAnswers,
    problems: [...bodyProblems, 'signature-request-not-found', 'not-retryable'],
  },
  getHistory: {
    tag: 'Cancellations',
    summary: 'Read what happened, oldest first',
    description: 'Repeats of the same step are folded into its first entry.',
    answers: { '200': json('The history.', schemas.historyPageSchema, examples.historyExample) },
    problems: ['signature-request-not-found'],
  },
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
    answers: file('OpenAPI 3.1.', 'application/json'),
    problems: [],
  },
  getDocs: {
    tag: 'Service',
    summary: 'Read this document as a page',
    answers: file('A page.', 'text/html'),
    problems: [],
  },
  getDocsAsset: {
    tag: 'Service',
    summary: 'Load a file of that page',
    answers: file('The file.', 'text/javascript'),
    problems: ['route-not-found'],
  },
};
