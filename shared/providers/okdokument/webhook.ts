/** The `sendInfoURL` callback: JSON that nothing signs, from anybody who knows the URL. At most a reason to look. */
import * as z from 'zod/mini';
import { type ProviderRequestId, providerRequestIdPattern } from '../../domain/ids.ts';
import type { ApiKeyCredentials } from '../api-key.ts';
import { readJson } from '../json.ts';
import type { WebhookSide } from '../provider.ts';
import type { OkdokumentOptions } from './request.ts';

/** Ids go into the path of a read made with the account's key, so they must not leave their segment. */
const id = z.string().check(z.regex(providerRequestIdPattern));

/** `id` is the document's. `canceled` means that the signer pressed Cancel, never that Rescind's cancel succeeded. */
const callback = z.object({ state: z.enum(['signed', 'canceled']), id, signatureRequestId: id });

export const webhook: WebhookSide<ApiKeyCredentials, OkdokumentOptions> = {
  receive({ body }) {
    const said = readJson(callback, body.toString('utf8'));
    if (said === null) return { kind: 'notices', notices: [] };
    const status = said.state === 'signed' ? 'signed' : 'declined';
    const notice = {
      providerRequestId: said.signatureRequestId as ProviderRequestId,
      claim: { status, ref: said.id },
      trust: 'hint',
    } as const;
    return { kind: 'notices', notices: [notice] };
  },
  // Nothing signs it.
  verifies: () => false,
  acknowledgement: { contentType: 'text/plain', body: 'OK' },
};
