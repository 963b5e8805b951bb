/** Error answers: exactly one error, with its name. */
import type { Answer } from '../answer.ts';

const names: Readonly<Record<number, readonly [name: string, message: string]>> = {
  400: ['bad_request', 'The request could not be understood.'],
  401: ['unauthorized', 'Unauthorized user. No credentials supplied.'],
  402: ['payment_required', 'This needs a plan that includes it.'],
  403: ['forbidden', 'This is not your resource.'],
  404: ['not_found', 'Not found.'],
  405: ['method_not_supported', 'This method is not supported.'],
  409: ['conflict', 'An identical request is already being processed.'],
  410: ['deleted', 'This resource has been deleted.'],
  422: ['unprocessable_entity', 'The entity is still being processed.'],
  429: ['exceeded_rate', 'Too many requests.'],
  503: ['maintenance', 'Down for maintenance.'],
};

export const errorAnswer = (status: number, name?: string, path?: string): Answer => {
  const [usual, message] = names[status] ?? ['unknown', 'Something went wrong.'];
  const error = { error_msg: message, error_name: name ?? usual, ...(path && { error_path: path }) };
  return { status, body: { error } };
};
