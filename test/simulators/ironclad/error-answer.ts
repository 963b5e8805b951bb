/** Error answers in the two shapes of Ironclad: code and message, and OAuth's at the token endpoint. */
import type { Answer } from '../answer.ts';

const errors: Readonly<Record<number, readonly [code: string, message: string]>> = {
  400: ['INVALID_PARAM', 'invalid parameter'],
  401: ['UNAUTHORIZED', 'invalid authentication token'],
  403: ['FORBIDDEN', 'user does not have permission'],
  404: ['NOT_FOUND', 'workflow does not exist'],
  405: ['NOT_ALLOWED', 'method not allowed'],
  409: ['CONFLICT', 'conflict'],
  429: ['TOO_MANY_REQUESTS', 'too many requests'],
  502: ['BAD_GATEWAY', 'bad gateway'],
};

export const errorAnswer = (status: number, code?: string, message?: string, param?: string): Answer => {
  const [usual, text] = errors[status] ?? ['SERVER_ERROR', 'something went wrong'];
  return { status, body: { code: code ?? usual, message: message ?? text, ...(param && { param }) } };
};

export const noWorkflow = errorAnswer(404, 'NOT_FOUND', 'workflow does not exist', 'workflowId');

export const invalidState = (message: string): Answer => errorAnswer(400, 'INVALID_STATE', message);

export const oauthError = (status: number, error: string): Answer => ({ status, body: { error } });
