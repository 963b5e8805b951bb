/**
 * `POST /signatureRequest`, under an id that we choose: a repetition cannot make a second one, it is answered 409
 * (inferred: the vendor's connector lists the status).
 */
import * as z from 'zod/mini';
import type { Instant } from '../../domain/ids.ts';
import type { NewRequest } from '../../http/contract/creation.ts';
import type { ApiKeyCredentials } from '../api-key.ts';
import type { CreateSide, CreationTarget } from '../creation.ts';
import { errorFrom, postponement } from '../http-status.ts';
import { readJson } from '../json.ts';
import { otherwise } from '../told.ts';
import { headersFor, messageIn, type OkdokumentOptions } from './request.ts';
import { uuidOf } from './request-id.ts';

export const create: CreateSide<ApiKeyCredentials, OkdokumentOptions> = {
  request(target, connection) {
    const expiry = expiryOf(target);
    const body = {
      ...documentOf(target),
      signatureRequestId: uuidOf(target.id),
      sendInfoURL: target.webhookUrl,
      resulturl: target.wanted.redirect_url ?? undefined,
      // Milliseconds, in a string (documented).
      expirationTime: expiry === null ? undefined : String(expiry),
    };
    return {
      method: 'POST',
      url: `${connection.baseUrl}/signatureRequest`,
      headers: { ...headersFor(connection), 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
  },

  classify(response, target) {
    const { status } = response;
    const message = messageIn(response)?.message ?? null;
    const unclear = {
      kind: 'unclear',
      mayHaveActed: true,
      error: errorFrom(response, 'unexpected-answer', message),
    } as const;
    if (status === 200) {
      const made = readJson(created, response.body);
      const providerRequestId = uuidOf(target.id);
      if (made?.result !== providerRequestId) return unclear;
      if (made.success === false || message?.startsWith('err.')) return unclear;
      const expiresAt = expiryOf(target);
      const details = {
        ...(made.url !== undefined && { page: made.url }),
        ...(expiresAt !== null && { expiresAt }),
      };
      return { kind: 'created', providerRequestId, status: 'sent', details };
    }
    const delay = status >= 400 && status < 500 ? postponement(response, message) : null;
    if (delay !== null) return delay;
    // Without the provider's form of an error it is somebody else's, such as a proxy's.
    if (message !== null && (status === 400 || status === 404)) {
      return { kind: 'invalid', error: errorFrom(response, 'refused', message) };
    }
    // Also 409: a look at the link tells at once whether it was about our id, and has the page to sign on.
    return unclear;
  },
};

/** The answer as documented, and as the connector has it: `code`, `statusCode` and `success` beside. */
const created = z.object({
  result: z.string(),
  url: otherwise(
    z.optional(
      z.string().check(
        z.maxLength(2_000),
        z.refine((url) => /^https?:\/\//i.test(url) && URL.canParse(url)),
      ),
    ),
    undefined,
  ),
  success: z.nullish(z.boolean()),
});

const dayMs = 24 * 3_600_000;

const expiryOf = ({ wanted, now }: CreationTarget): Instant | null =>
  wanted.days_valid ? ((now + wanted.days_valid * dayMs) as Instant) : null;

/** A document that is there is named, and made ready to be signed (again) as the vendor's connector does it. */
const documentOf = ({ wanted, files }: CreationTarget) => {
  const [source] = wanted.source_files ?? [];
  if (source !== undefined && 'id' in source) return { id: source.id, changeState: 'tosign' };
  const [file] = files;
  const content = file?.bytes.toString('base64') ?? '';
  return { filedata: { content, filename: filenameFor(wanted, file?.name), state: 'tosign' } };
};

/** By the ending the provider tells whether it is to convert the file to PDF (documented). */
const filenameFor = ({ name }: NewRequest, fetched: string | undefined): string => {
  const filename = name ?? fetched ?? 'document';
  return /\.pdf$/i.test(filename) ? filename : `${filename}.pdf`;
};
