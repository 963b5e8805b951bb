/** `POST /signature_requests`: the answer is the request. A repetition would be a second one. */
import type { ProviderRequestId } from '../../domain/ids.ts';
import type { AccountOptions } from '../account-options.ts';
import type { CreateSide } from '../creation.ts';
import { errorFrom, postponement } from '../http-status.ts';
import { readJson } from '../json.ts';
import { detailsIn } from './details.ts';
import {
  codeIn,
  type ExampleSignCredentials,
  jsonHeadersFor,
  signatureRequest,
  statusNamed,
} from './request.ts';

export const create: CreateSide<ExampleSignCredentials, AccountOptions> = {
  request: ({ id, wanted }, connection) => ({
    method: 'POST',
    url: `${connection.baseUrl}/signature_requests`,
    headers: jsonHeadersFor(connection),
    body: JSON.stringify({
      // By which it is found again.
      reference: id,
      title: wanted.name ?? undefined,
      message: wanted.email_message ?? undefined,
      return_url: wanted.redirect_url ?? undefined,
      expires_in_days: wanted.days_valid ?? undefined,
      documents: wanted.source_files?.flatMap((file) =>
        'url' in file ? [{ url: file.url, name: file.name ?? undefined }] : [],
      ),
      signers: wanted.signers.map(({ email, name, role, order }) => ({
        email,
        name: name ?? undefined,
        role,
        step: order ?? undefined,
      })),
    }),
  }),

  classify(response) {
    const code = codeIn(response);
    const error = errorFrom(response, 'unexpected-answer', code);
    const made = response.status === 201 ? readJson(signatureRequest, response.body) : null;
    if (made !== null) {
      const status = statusNamed(made.status);
      return {
        kind: 'created',
        providerRequestId: made.id as ProviderRequestId,
        status: status === 'cancelled' || status === 'creating' ? 'unknown' : status,
        details: detailsIn(response),
      };
    }
    // Its own words for a refusal: nothing was created.
    if (response.status === 400 && code !== null) {
      return { kind: 'invalid', error: errorFrom(response, 'refused', code) };
    }
    const delay = response.status < 500 ? postponement(response, code) : null;
    // Anything else, a server error too, may come after the act: look before creating again.
    return delay ?? { kind: 'unclear', mayHaveActed: true, error };
  },
};
