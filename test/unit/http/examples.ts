/** Events, contexts and stored requests to test the edge with. */
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import type { RequestDetails, Signer, SignerId } from '../../../shared/domain/details.ts';
import type {
  AccountId,
  AccountUid,
  Instant,
  ProviderRequestId,
  RequestId,
  Tenant,
} from '../../../shared/domain/ids.ts';
import type { Queued, SignatureRequest } from '../../../shared/domain/signature-request.ts';

export const at = (text: string): Instant => Date.parse(text) as Instant;
export const tenant = 'acme' as Tenant;

interface EventParts {
  readonly headers?: Record<string, string>;
  readonly path?: Record<string, string>;
  readonly query?: string;
  readonly body?: string | Buffer;
}

/** An event as the gateway makes it. @param routeKey `GET /health`, or `$default` with the real path in `rawPath` */
export const gatewayEvent = (
  routeKey: string,
  rawPath: string,
  { headers = {}, path, query = '', body }: EventParts = {},
): APIGatewayProxyEventV2 => ({
  version: '2.0',
  routeKey,
  rawPath,
  rawQueryString: query,
  headers,
  ...(path === undefined ? {} : { pathParameters: path }),
  ...(body === undefined ? {} : { body: Buffer.isBuffer(body) ? body.toString('base64') : body }),
  isBase64Encoded: Buffer.isBuffer(body),
  requestContext: {
    accountId: '000000000000',
    apiId: 'api',
    domainName: 'api.example.com',
    domainPrefix: 'api',
    http: { method: 'GET', path: rawPath, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
    requestId: 'gateway-request',
    routeKey,
    stage: '$default',
    time: '',
    timeEpoch: 0,
  },
});

export const context = (remainingMs = 29_000): Context => ({
  awsRequestId: 'request-1',
  getRemainingTimeInMillis: () => remainingMs,
  callbackWaitsForEmptyEventLoop: true,
  functionName: 'test',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:test',
  memoryLimitInMB: '256',
  logGroupName: '',
  logStreamName: '',
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
});

export const queued: Queued = {
  state: 'queued',
  scope: 'workflow',
  effect: 'voided',
  reason: 'withdrawn',
  detailsRef: null,
  reasonDelivered: false,
  requestedBy: 'first',
  requestedAt: at('2026-11-21T10:00:00Z'),
  attempts: 0,
  firstAttemptAt: null,
  sent: 'no',
  submittedAt: null,
  inFlight: false,
  failures: 0,
  resendAt: null,
  missing: null,
  keptProof: null,
  error: null,
};

export const signatureRequest: SignatureRequest = {
  tenant,
  id: 'sr_0123456789abcdef0123456789abcdef' as RequestId,
  accountId: 'dropbox-sign' as AccountId,
  accountUid: '0123456789abcdef01234567' as AccountUid,
  provider: 'dropbox-sign',
  providerRequestId: 'fa5c8a0b' as ProviderRequestId,
  status: 'unknown',
  creation: null,
  cancellation: queued,
  reminder: null,
  followed: false,
  detailsRevision: 0,
  signHandle: null,
  expiresAt: null,
  readAt: null,
  readError: null,
  lookAt: null,
  looksAgain: false,
  existed: false,
  claim: null,
  hintedAt: null,
  dueAt: at('2026-11-21T10:01:00Z'),
  wakeAt: at('2026-11-21T10:01:00Z'),
  createdAt: at('2026-11-21T10:00:00Z'),
  updatedAt: at('2026-11-21T10:00:00Z'),
  untold: null,
  version: 1,
  hasOlderHistory: false,
  history: [],
};

export const signer: Signer = {
  id: 'sg_1' as SignerId,
  ref: 'ref-1',
  name: 'Kim Ortega',
  email: 'kim@customer.example',
  role: 'signer',
  order: 1,
  status: 'awaiting',
  viewedAt: null,
  decidedAt: null,
  declineReason: null,
  page: 'https://sign.provider.example/kim',
  linkSecret: 'S'.repeat(22),
};

export const details: RequestDetails = {
  revision: 1,
  name: 'Offer 4711',
  externalId: 'offer-4711',
  page: null,
  preparePage: 'https://sign.provider.example/prepare',
  signers: [signer],
};
