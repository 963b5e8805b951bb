/** Errors of the simulated Truto, its own and those of the Ironclad behind it. */
import { STATUS_CODES } from 'node:http';
import type { Answer } from '../answer.ts';

export const trutoError = (status: number, message: string, insight?: object): Answer => ({
  status,
  body: {
    statusCode: status,
    error: STATUS_CODES[status] ?? 'Error',
    message,
    ...(insight && { truto_error_insight: insight }),
  },
});

/** What Ironclad answered. */
export interface Remote {
  readonly status: number;
  readonly body: object | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Ironclad's own error under Truto's roof, with its headers. */
export const remoteError = ({ status, body, headers }: Remote): Answer => {
  const { body: own } = trutoError(status, `Ironclad answered ${status}`, {
    remote_error: { value: true },
    ...(status === 403 && {
      forbidden_error: { value: { missing_scopes: ['public.workflows.cancel'] } },
    }),
  });
  const flags = { truto_is_remote_error: true, raw_response: body };
  return {
    status,
    ...(headers && { headers }),
    body: { ...(typeof own === 'object' ? own : {}), ...flags },
  };
};

const codes: Readonly<Record<number, readonly [code: string, message: string]>> = {
  400: ['INVALID_STATE', 'Workflow is not active.'],
  401: ['UNAUTHORIZED', 'invalid authentication token'],
  403: ['FORBIDDEN', 'you may not cancel this workflow'],
  404: ['NOT_FOUND', 'workflow does not exist'],
  409: ['CONFLICT', 'workflow is being changed'],
  429: ['TOO_MANY_REQUESTS', 'too many requests'],
  500: ['SERVER_ERROR', 'something went wrong'],
  503: ['BAD_GATEWAY', 'something went wrong'],
};

export const ironcladError = (status: number, headers?: Readonly<Record<string, string>>): Remote => {
  const [code, message] = codes[status] ?? ['SERVER_ERROR', 'something went wrong'];
  return { status, body: { code, message }, ...(headers && { headers }) };
};
