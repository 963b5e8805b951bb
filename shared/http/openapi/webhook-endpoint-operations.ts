/** What the OpenAPI document says of the operations on webhook endpoints. */
import * as deliveries from '../contract/deliveries.ts';
import * as endpoints from '../contract/webhook-endpoints.ts';
import type { Operation } from '../routes.ts';
import { bodyProblems, json, type OperationDescription } from './description.ts';
import { component } from './schemas.ts';
import * as examples from './webhook-endpoint-examples.ts';

const endpoint = component(
  'WebhookEndpoint',
  endpoints.webhookEndpoint,
  'An address of yours that is told what happens.',
);
const withSecret = component(
  'WebhookEndpointWithSecret',
  endpoints.webhookEndpointWithSecret,
  'With its signing secret, which no other answer shows.',
);
const created = component(
  'CreatedWebhookEndpoint',
  endpoints.createdWebhookEndpoint,
  'With its secret, unless your own `signing_key` signs.',
);
const page = component('WebhookEndpointPage', endpoints.webhookEndpointPage);
component('Delivery', deliveries.delivery, 'One event on its way to one endpoint.');
const deliveryPage = component('DeliveryPage', deliveries.deliveryPage);
const replay = component('Replay', deliveries.replayAnswer);

const { endpointExample, deliveryExample } = examples;
const secretExample = { ...endpointExample, secret: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD' };

export const webhookEndpointDescriptions = {
  putWebhookEndpoint: {
    tag: 'Webhook endpoints',
    summary: 'Create or replace a webhook endpoint',
    description:
      'Events are signed as the Standard Webhooks specification says. The answer that creates an endpoint shows its ' +
      'secret, made here unless you give one: keep it, no later answer shows it. Replacing an endpoint enables it again ' +
      'and keeps its secret; another secret given then counts as a rotation. An endpoint hears what happens from at most ' +
      '5 seconds after it was created. An endpoint of the format `dropbox-sign` is told of the requests at Dropbox Sign ' +
      'accounts in the form of its callbacks, hashed with your `signing_key`, which is kept like a secret and never shown. The ' +
      'format of an endpoint cannot change.',
    body: {
      schema: endpoints.putWebhookEndpointBody,
      required: true,
      examples: examples.putEndpointExamples,
    },
    answers: {
      '200': json('Replaced.', endpoint, endpointExample),
      '201': json('Created, with its secret where it was made here.', created, secretExample),
    },
    problems: [...bodyProblems, 'too-many-webhook-endpoints'],
  },
  listWebhookEndpoints: {
    tag: 'Webhook endpoints',
    summary: 'List webhook endpoints',
    answers: { '200': json('All of them.', page, { items: [endpointExample], next_cursor: null }) },
    problems: [],
  },
  getWebhookEndpoint: {
    tag: 'Webhook endpoints',
    summary: 'Read a webhook endpoint',
    description:
      '`last_failure` is the last attempt that failed; `failing_since` is null unless it was the last of all. A disabled ' +
      'endpoint says why: `gone` (it answered 410) or `failing` (no success for too long).',
    answers: { '200': json('The endpoint.', endpoint, endpointExample) },
    problems: ['webhook-endpoint-not-found'],
  },
  deleteWebhookEndpoint: {
    tag: 'Webhook endpoints',
    summary: 'Delete a webhook endpoint and its secret',
    answers: { '204': { description: 'Deleted.' } },
    problems: ['webhook-endpoint-not-found'],
  },
  rotateWebhookSecret: {
    tag: 'Webhook endpoints',
    summary: 'Give a webhook endpoint a new secret',
    description:
      'For 24 hours events are signed with the new and the old one. Of the format `standard` alone: for another, `PUT` the ' +
      'endpoint with the new `signing_key`.',
    body: { schema: endpoints.rotateWebhookSecretBody, required: false, examples: { made: { value: {} } } },
    answers: { '200': json('The endpoint, with its new secret.', withSecret, secretExample) },
    problems: [...bodyProblems, 'webhook-endpoint-not-found'],
  },
  listDeliveries: {
    tag: 'Webhook endpoints',
    summary: 'List what was sent to a webhook endpoint',
    description:
      'Newest event first, with the last ten attempts of each. A page may be short: null ends the list.',
    query: deliveries.deliveriesQuery,
    answers: { '200': json('A page.', deliveryPage, { items: [deliveryExample], next_cursor: null }) },
    problems: ['invalid-request', 'webhook-endpoint-not-found'],
  },
  replayDeliveries: {
    tag: 'Webhook endpoints',
    summary: 'Send events again',
    description:
      'Those since a time: all of them, or only those that were not delivered. They keep their ids, and come spread over ' +
      'time. An endpoint has one replay at a time: asking again while it runs makes one of both, from the beginning.',
    body: { schema: deliveries.replayBody, required: true, examples: examples.replayExamples },
    answers: { '202': json('It has begun.', replay, examples.replayAnswerExample) },
    problems: [...bodyProblems, 'webhook-endpoint-not-found', 'webhook-endpoint-disabled'],
  },
} as const satisfies { readonly [O in Operation]?: OperationDescription };
