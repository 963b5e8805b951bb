/** Error answers: of most, nothing but the status is documented. */
import type { Answer } from '../answer.ts';
import type { OkdokumentWorld } from './documents.ts';

export const bareError = (world: OkdokumentWorld, status: number): Answer =>
  world.value('error_body') === 'empty'
    ? { status }
    : {
        status,
        headers: { 'content-type': 'text/html' },
        body: `<html><body><h1>${status}</h1></body></html>`,
      };

/** A refusal with its word for it, and what it is about. */
export const refusal = (message: string, value: string | null = null): Answer => ({
  status: 400,
  body: { message: `err.${message}`, ...(value !== null && { value }) },
});

export const notExist = (value: string): Answer => refusal('signature.request.not.exist', value);
