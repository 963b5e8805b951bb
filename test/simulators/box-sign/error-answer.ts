/** Error answers in the two shapes of Box: ClientError, and OAuth's at the token endpoint. */
import type { Answer } from '../answer.ts';

const errors: Readonly<Record<number, readonly [code: string, message: string]>> = {
  400: ['bad_request', 'Bad request'],
  401: ['unauthorized', 'Unauthorized'],
  403: ['access_denied_insufficient_permissions', 'Access denied - insufficient permission'],
  404: ['not_found', 'Not Found'],
  405: ['method_not_allowed', 'Method Not Allowed'],
  409: ['conflict', 'A resource with this value already exists'],
  429: ['rate_limit_exceeded', 'Request rate limit exceeded, please try again later'],
  503: ['unavailable', 'Unavailable'],
};

export const errorAnswer = (status: number, name?: string, detail?: string): Answer => {
  const [code, message] = errors[status] ?? ['internal_server_error', 'Internal Server Error'];
  const invalid = { reason: 'invalid_parameter', name, message: detail };
  return {
    status,
    body: {
      type: 'error',
      status,
      code,
      message,
      context_info: { errors: name === undefined ? [] : [invalid] },
      help_url: 'https://developer.box.example/guides/api-calls/permissions-and-errors/common-errors/',
      request_id: '0b44.0b44',
    },
  };
};

export const oauthError = (error: string, error_description: string): Answer => ({
  status: 400,
  body: { error, error_description },
});
