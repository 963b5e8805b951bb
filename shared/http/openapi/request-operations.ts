/** What the OpenAPI document says of the operations on signature requests. */
import * as z from 'zod/mini';
import { createRequestBody } from '../contract/creation.ts';
import {
  cancelBody,
  createCancellationBody,
  importBody,
  listQuery,
  remindBody,
  resolveBody,
} from '../contract/requests.ts';
import type { Operation } from '../routes.ts';
import { bodyProblems, file, json, noBody, type OperationDescription, prefer } from './description.ts';
import * as examples from './examples.ts';
import * as requestExamples from './request-examples.ts';
import * as schemas from './schemas.ts';

const request = (description: string, example: unknown) =>
  json(description, schemas.signatureRequestSchema, example);

const { creatingExample, sentExample } = requestExamples;
const waits = (until: string): string =>
  `With \`Prefer: wait=N\` (at most 25) it answers 200 as soon as ${until}, else 202 after N seconds.`;
const waiting = waits('the cancellation is confirmed, rejected or failed');
const wishAnswers = {
  '200': request('Settled, or cancelled already.', examples.confirmedExample),
  '202': request('Written down; it is being worked on.', examples.queuedExample),
};
const lookAnswers = {
  '200': request('As it has just been read; `read_error` says why that told nothing.', sentExample),
  '202': request('It is being read.', sentExample),
};
const creationAnswers = {
  '200': request('Settled: sent, failed, or to be decided by a person. `creation` says which.', sentExample),
  '202': request('Written down; it is being created and sent.', creatingExample),
};

const making = {
  createSignatureRequest: {
    tag: 'Signature requests',
    summary: 'Create a signature request and send it',
    description:
      'One body for every provider. A field that the provider has nothing for is refused with its name; ' +
      '`GET /v1/providers` says which those are. It is never sent twice: where it cannot be found out whether it was ' +
      'sent, `creation.state` becomes `undecided`, and a person decides. With an `Idempotency-Key` (1 to 255 printable ' +
      'ASCII characters, quoted or not) the same body leads to the same signature request. Files travel by URL or by ' +
      `the provider's id. ${waits('`creation` is no longer queued')}`,
    headers: z.object({ ...prefer.shape, 'idempotency-key': z.optional(z.string()) }),
    body: { schema: createRequestBody, required: true, examples: requestExamples.createRequestExamples },
    answers: creationAnswers,
    problems: [...bodyProblems, 'account-not-found', 'idempotency-key-reused'],
  },
  importSignatureRequest: {
    tag: 'Signature requests',
    summary: 'Take over a signature request that was made elsewhere',
    description: `It is read, and followed from now on. ${waits('it has been read')}`,
    headers: prefer,
    body: {
      schema: importBody,
      required: true,
      examples: { example: { value: requestExamples.importExample } },
    },
    answers: lookAnswers,
    problems: [...bodyProblems, 'account-not-found'],
  },
  resolveCreation: {
    tag: 'Signature requests',
    summary: 'Decide about a creation whose outcome is not known',
    description:
      '`send_again`: it is certain that the provider has it not. `link`: it is there, under this id. `give_up`: leave ' +
      `it. ${waits('`creation` is no longer queued')}`,
    headers: prefer,
    body: { schema: resolveBody, required: true, examples: requestExamples.resolveExamples },
    answers: creationAnswers,
    problems: [...bodyProblems, 'signature-request-not-found', 'not-undecided'],
  },
} as const satisfies Partial<Record<Operation, OperationDescription>>;

const living = {
  listSignatureRequests: {
    tag: 'Signature requests',
    summary: 'List signature requests, newest first',
    description: 'A page may be shorter than `limit`, even empty, while `next_cursor` is not null.',
    query: listQuery,
    answers: {
      '200': json('A page.', schemas.signatureRequestPageSchema, {
        items: [sentExample, examples.queuedExample],
        next_cursor: null,
      }),
    },
    problems: ['invalid-request'],
  },
  getSignatureRequest: {
    tag: 'Signature requests',
    summary: 'Read a signature request',
    description:
      'As it is known here, without asking the provider. Name and signers are known of what was created here or imported.',
    answers: { '200': request('The signature request.', sentExample) },
    problems: ['signature-request-not-found'],
  },
  deleteSignatureRequest: {
    tag: 'Signature requests',
    summary: 'Erase a finished signature request',
    description: "At once, with all that is kept of its signers. Nothing changes at the provider's.",
    answers: { '204': { description: 'Erased.' } },
    problems: ['signature-request-not-found', 'not-finished'],
  },
  refreshSignatureRequest: {
    tag: 'Signature requests',
    summary: 'Read a signature request at its provider, now',
    description: `It is followed from now on. ${waits('it has been read')}`,
    headers: prefer,
    body: noBody,
    answers: lookAnswers,
    problems: [...bodyProblems, 'signature-request-not-found', 'not-at-provider'],
  },
  remindSigners: {
    tag: 'Signature requests',
    summary: 'Have the provider remind signers',
    description:
      'Sent at most once. `signer_id` where the provider reminds one signer at a time and several have not signed. With ' +
      '`Prefer: wait=N` (at most 25) it answers as soon as the provider has: 200 once it is sent, 409 when it is ' +
      'refused, else 202 after N seconds. What came of it is in `reminder`.',
    headers: prefer,
    body: { schema: remindBody, required: false, examples: requestExamples.remindExamples },
    answers: {
      '200': request('Sent.', requestExamples.remindedExample),
      '202': request('Written down; it is not known to be sent.', requestExamples.remindingExample),
    },
    problems: [...bodyProblems, 'signature-request-not-found', 'not-remindable', 'reminder-too-early'],
  },
  getHistory: {
    tag: 'Signature requests',
    summary: 'Read what happened, oldest first',
    description:
      'Repeats of the same step are folded into its first entry. `from` and `to` are states of the cancellation, ' +
      '`status_from` and `status_to` the status of the request where it changed.',
    answers: { '200': json('The history.', schemas.historyPageSchema, examples.historyExample) },
    problems: ['signature-request-not-found'],
  },
  followSignLink: {
    tag: 'Signature requests',
    summary: "Lead a signer to the provider's page",
    description:
      'For signers, at their `sign_url`, in a browser. 410 from the moment that a cancellation is accepted; if that comes ' +
      "to nothing, the link follows the request's status again.",
    answers: {
      '200': file('A page: the provider sends the signer a link of its own.', 'text/html'),
      '202': file('A page that looks again by itself: the request is not sent yet.', 'text/html'),
      '302': { description: "To the provider's page." },
      '404': file('A page: nothing is known of this link.', 'text/html'),
      '410': file('A page: there is nothing (left) to sign, and why.', 'text/html'),
    },
    problems: [],
  },
} as const satisfies Partial<Record<Operation, OperationDescription>>;

const cancelling = {
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
} as const satisfies Partial<Record<Operation, OperationDescription>>;

export const requestDescriptions = { ...making, ...living, ...cancelling };
