/** What every call to OKdokument has in common. */
import * as z from 'zod/mini';
import type { AccountOptions } from '../account-options.ts';
import type { ApiKeyCredentials } from '../api-key.ts';
import { readJson } from '../json.ts';
import type { Connection, ProviderResponse } from '../provider.ts';

export interface OkdokumentOptions extends AccountOptions {
  readonly region: 'prod' | 'dev';
}

export const headersFor = ({
  credentials,
}: Connection<ApiKeyCredentials, OkdokumentOptions>): Readonly<Record<string, string>> => ({
  accept: 'application/json',
  'x-api-key': credentials.api_key,
});

/** A success echoes the id in `result`, `err.signature.request.not.exist` in `value`. */
const messageBody = z.object({
  message: z.string().check(z.regex(/^(err|msg)(\.[a-z]{1,20}){1,8}$/)),
  result: z.nullish(z.unknown()),
  value: z.nullish(z.unknown()),
});

export interface Message {
  readonly message: string;
  /** The id that the answer is about, where it says so. */
  readonly about: string | null;
}

/** Null where the body is not such a message: those of 401, 403 and 500 are undocumented, empty or HTML. */
export const messageIn = ({ body }: ProviderResponse): Message | null => {
  const parsed = readJson(messageBody, body);
  if (parsed === null) return null;
  const about = parsed.result ?? parsed.value;
  return { message: parsed.message, about: typeof about === 'string' ? about : null };
};

export const notExist = 'err.signature.request.not.exist';

/** 400 on the signer's link: invalid (documented), read here as gone or never there (assumed). */
export const isNotThere = (response: ProviderResponse, url: string): boolean => {
  const said = messageIn(response);
  const id = lastSegment(url);
  return response.status === 400 && (said?.message ?? notExist) === notExist && (said?.about ?? id) === id;
};

/** The id that a URL of ours ends in. */
export const lastSegment = (url: string): string => url.slice(url.lastIndexOf('/') + 1);
