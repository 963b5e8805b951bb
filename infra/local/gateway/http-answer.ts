/** What an HTTP API answers for a function's result, by the rules of payload format 2.0. */
import { parseJson } from '../aws-calls.ts';
import { isRecord } from '../intrinsics.ts';
import type { InvocationResult } from '../lambda/invocation.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

/** The gateway's own answers. */
export const gatewayAnswer = (status: number, message: string): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify({ message })),
});

export const answerOf = (result: InvocationResult): HttpAnswer => {
  if (result.kind === 'failed') {
    return result.errorType === 'RequestEntityTooLargeException'
      ? gatewayAnswer(413, 'Request Entity Too Large')
      : gatewayAnswer(500, 'Internal Server Error');
  }
  const value = parseJson(result.payload);
  if (!isRecord(value) || !('statusCode' in value)) {
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(result.payload),
    };
  }
  const status = Number(value['statusCode']);
  if (!Number.isInteger(status) || status < 200 || status > 599)
    return gatewayAnswer(500, 'Internal Server Error');
  const body = bodyOf(value['body'], value['isBase64Encoded'] === true);
  return { status, headers: headersOf(value, body.length > 0), body };
};

const bodyOf = (body: unknown, isBase64: boolean): Buffer => {
  if (body === undefined || body === null) return Buffer.alloc(0);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return Buffer.from(text, isBase64 ? 'base64' : 'utf8');
};

const headersOf = (value: Record<string, unknown>, hasBody: boolean): HttpAnswer['headers'] => {
  const headers: Record<string, string | string[]> = hasBody
    ? { 'content-type': 'text/plain;charset=UTF-8' }
    : {};
  for (const [name, text] of Object.entries(isRecord(value['headers']) ? value['headers'] : {})) {
    headers[name.toLowerCase()] = String(text);
  }
  if (Array.isArray(value['cookies'])) headers['set-cookie'] = value['cookies'].map(String);
  delete headers['content-length'];
  return headers;
};
