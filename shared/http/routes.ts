/** The routes, written down once: the gateway, each function's router, and the OpenAPI document derive from this. */

export type Method = 'GET' | 'PUT' | 'POST' | 'DELETE';
/** Which function serves a route: one function for each privilege. */
export type RoutedFunction = 'api' | 'accounts' | 'webhook' | 'docs';

interface Route {
  readonly method: Method;
  /** Path parameters in braces, as API Gateway and OpenAPI spell them. */
  readonly path: string;
  readonly function: RoutedFunction;
  /** Whether a caller needs an API key. */
  readonly key: boolean;
}

export const routes = {
  putAccount: { method: 'PUT', path: '/v1/accounts/{account_id}', function: 'accounts', key: true },
  listAccounts: { method: 'GET', path: '/v1/accounts', function: 'accounts', key: true },
  getAccount: { method: 'GET', path: '/v1/accounts/{account_id}', function: 'accounts', key: true },
  deleteAccount: { method: 'DELETE', path: '/v1/accounts/{account_id}', function: 'accounts', key: true },
  checkAccount: { method: 'POST', path: '/v1/accounts/{account_id}/check', function: 'accounts', key: true },
  registerWebhook: {
    method: 'POST',
    path: '/v1/accounts/{account_id}/register-webhook',
    function: 'accounts',
    key: true,
  },
  listProviders: { method: 'GET', path: '/v1/providers', function: 'api', key: true },
  putWebhookEndpoint: {
    method: 'PUT',
    path: '/v1/webhook_endpoints/{endpoint_id}',
    function: 'accounts',
    key: true,
  },
  listWebhookEndpoints: { method: 'GET', path: '/v1/webhook_endpoints', function: 'accounts', key: true },
  getWebhookEndpoint: {
    method: 'GET',
    path: '/v1/webhook_endpoints/{endpoint_id}',
    function: 'accounts',
    key: true,
  },
  deleteWebhookEndpoint: {
    method: 'DELETE',
    path: '/v1/webhook_endpoints/{endpoint_id}',
    function: 'accounts',
    key: true,
  },
  rotateWebhookSecret: {
    method: 'POST',
    path: '/v1/webhook_endpoints/{endpoint_id}/rotate-secret',
    function: 'accounts',
    key: true,
  },
  listDeliveries: {
    method: 'GET',
    path: '/v1/webhook_endpoints/{endpoint_id}/deliveries',
    function: 'accounts',
    key: true,
  },
  replayDeliveries: {
    method: 'POST',
    path: '/v1/webhook_endpoints/{endpoint_id}/replay',
    function: 'accounts',
    key: true,
  },
  createSignatureRequest: { method: 'POST', path: '/v1/signature_requests', function: 'api', key: true },
  importSignatureRequest: {
    method: 'POST',
    path: '/v1/signature_requests/import',
    function: 'api',
    key: true,
  },
  createCancellation: { method: 'POST', path: '/v1/cancellations', function: 'api', key: true },
  listSignatureRequests: { method: 'GET', path: '/v1/signature_requests', function: 'api', key: true },
  getSignatureRequest: { method: 'GET', path: '/v1/signature_requests/{id}', function: 'api', key: true },
  deleteSignatureRequest: {
    method: 'DELETE',
    path: '/v1/signature_requests/{id}',
    function: 'api',
    key: true,
  },
  refreshSignatureRequest: {
    method: 'POST',
    path: '/v1/signature_requests/{id}/refresh',
    function: 'api',
    key: true,
  },
  remindSigners: { method: 'POST', path: '/v1/signature_requests/{id}/remind', function: 'api', key: true },
  resolveCreation: {
    method: 'POST',
    path: '/v1/signature_requests/{id}/resolve',
    function: 'api',
    key: true,
  },
  cancelSignatureRequest: {
    method: 'POST',
    path: '/v1/signature_requests/{id}/cancel',
    function: 'api',
    key: true,
  },
  retryCancellation: {
    method: 'POST',
    path: '/v1/signature_requests/{id}/cancel/retry',
    function: 'api',
    key: true,
  },
  getHistory: { method: 'GET', path: '/v1/signature_requests/{id}/history', function: 'api', key: true },
  receiveWebhook: { method: 'POST', path: '/webhooks/{token}', function: 'webhook', key: false },
  followSignLink: { method: 'GET', path: '/sign/{token}', function: 'api', key: false },
  getHealth: { method: 'GET', path: '/health', function: 'api', key: false },
  getOpenApi: { method: 'GET', path: '/openapi.json', function: 'docs', key: false },
  getDocs: { method: 'GET', path: '/docs', function: 'docs', key: false },
  getDocsAsset: { method: 'GET', path: '/docs/{asset}', function: 'docs', key: false },
} as const satisfies Record<string, Route>;

export type Operation = keyof typeof routes;

/** The function that answers whatever no route matches, with a problem that says so. */
export const defaultFunction = 'api' satisfies RoutedFunction;
