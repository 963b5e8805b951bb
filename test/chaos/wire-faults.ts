/** What goes wrong between a client and an AWS service, in the words that the real services use on the wire. */
import type { Dice } from './dice.ts';

export type ProxiedService = 'dynamodb' | 'sqs';

export const wireFaults = {
  throttled: 'nothing is done; 400, the service throttles',
  server_error: 'nothing is done; 500 or 503',
  reset_before: 'nothing is done; the connection is reset',
  reset_after: 'it is done; the connection is reset before the answer',
  stall_before: 'it is done seconds later, also when the caller has given up meanwhile',
  stall_after: 'it is done at once and answered seconds later',
} as const;
export type WireFault = keyof typeof wireFaults;
export const wireFaultNames = Object.keys(wireFaults) as [WireFault, ...WireFault[]];

export interface WireError {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

/**
 * Source: the services' API references, "Error handling with DynamoDB" and "Common errors" of SQS, with the shapes' full
 * names as their models have them. Both speak the AWS JSON protocol: the type stands in the body.
 */
const errors: Readonly<
  Record<ProxiedService, Readonly<Record<'throttled' | 'server_error', readonly [WireError, ...WireError[]]>>>
> = {
  dynamodb: {
    throttled: [
      {
        status: 400,
        type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
        message: 'The level of configured provisioned throughput for the table was exceeded.',
      },
      {
        status: 400,
        type: 'com.amazon.coral.availability#ThrottlingException',
        message: 'Rate exceeded',
      },
      {
        status: 400,
        type: 'com.amazonaws.dynamodb.v20120810#RequestLimitExceeded',
        message: 'Throughput exceeds the current throughput limit for your account.',
      },
    ],
    server_error: [
      {
        status: 500,
        type: 'com.amazonaws.dynamodb.v20120810#InternalServerError',
        message: 'Internal server error',
      },
      {
        status: 503,
        type: 'com.amazon.coral.service#ServiceUnavailableException',
        message: 'Service is unavailable',
      },
    ],
  },
  sqs: {
    throttled: [
      { status: 400, type: 'com.amazonaws.sqs#RequestThrottled', message: 'Request is throttled.' },
      { status: 400, type: 'com.amazon.coral.availability#ThrottlingException', message: 'Rate exceeded' },
    ],
    server_error: [
      { status: 500, type: 'com.amazon.coral.service#InternalFailure', message: 'Internal failure' },
      {
        status: 503,
        type: 'com.amazon.coral.service#ServiceUnavailable',
        message: 'Service is unavailable',
      },
    ],
  },
};

export const wireError = (service: ProxiedService, fault: 'throttled' | 'server_error', dice: Dice) =>
  dice.pick(errors[service][fault]);

/** By which the functions' logs know them. A reset has no name but `Error`; no answer in time is a `TimeoutError`. */
export const awsErrorNames: ReadonlySet<string> = new Set([
  'TimeoutError',
  ...Object.values(errors)
    .flatMap(({ throttled, server_error }) => [...throttled, ...server_error])
    .map(({ type }) => type.split('#')[1] ?? type),
]);
