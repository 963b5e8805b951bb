import { expect, test } from 'vitest';
import * as deliveries from '../../../shared/http/contract/deliveries.ts';
import * as endpoints from '../../../shared/http/contract/webhook-endpoints.ts';
import { webhookEndpointDescriptions } from '../../../shared/http/openapi/webhook-endpoint-operations.ts';

const { putWebhookEndpoint, rotateWebhookSecret, getWebhookEndpoint, listDeliveries, replayDeliveries } =
  webhookEndpointDescriptions;
const exampleIn = (answer: {
  readonly content: {
    readonly 'application/json': { readonly examples: { readonly example: { value: unknown } } };
  };
}) => answer.content['application/json'].examples.example.value;

test('every example is what its schema takes', () => {
  for (const { value } of Object.values(putWebhookEndpoint.body.examples)) {
    endpoints.putWebhookEndpointBody.parse(value);
  }
  for (const { value } of Object.values(replayDeliveries.body.examples)) deliveries.replayBody.parse(value);
  endpoints.webhookEndpoint.parse(exampleIn(getWebhookEndpoint.answers['200']));
  deliveries.deliveryPage.parse(exampleIn(listDeliveries.answers['200']));
  deliveries.replayAnswer.parse(exampleIn(replayDeliveries.answers['202']));
  for (const answer of [putWebhookEndpoint.answers['201'], rotateWebhookSecret.answers['200']]) {
    const { secret } = endpoints.webhookEndpointWithSecret.parse(exampleIn(answer));
    expect(() => endpoints.rotateWebhookSecretBody.parse({ secret })).not.toThrow();
  }
});
