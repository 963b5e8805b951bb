/** What one operation's description holds beside its route, and the parts that several have in common. */
import * as z from 'zod/mini';
import type { ZodOpenApiResponsesObject } from 'zod-openapi';
import { emptyBody } from '../contract/requests.ts';
import type { ProblemName } from '../problem.ts';

export interface OperationDescription {
  readonly tag:
    | 'Accounts'
    | 'Providers'
    | 'Signature requests'
    | 'Cancellations'
    | 'Webhook endpoints'
    | 'Service';
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

export const json = (description: string, schema: z.ZodMiniType, example: unknown) => ({
  description,
  content: { 'application/json': { schema, examples: { example: { value: example } } } },
});

export const file = (description: string, type: string) => ({
  description,
  content: { [type]: { schema: z.string() } },
});

export const bodyProblems = ['invalid-request', 'body-too-large', 'unsupported-media-type'] as const;

/** Of a call that says all with its path. */
export const noBody = { schema: emptyBody, required: false, examples: { example: { value: {} } } };

export const prefer = z.object({ prefer: z.optional(z.string()) });
