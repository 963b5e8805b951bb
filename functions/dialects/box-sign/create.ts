/** `POST /2.0/sign_requests`: the body of the API is modelled on this one, so it is passed on as it is. */
import * as z from 'zod/mini';
import { readBody } from '../../../shared/http/body.ts';
import {
  createRequestBody,
  type NewRequest,
  type NewSigner,
} from '../../../shared/http/contract/creation.ts';
import type { SignatureRequestView } from '../../../shared/http/contract/responses.ts';
import type { Response } from '../../../shared/http/exchange.ts';
import type { DialectRequest } from '../dialect.ts';
import { clientError } from './client-error.ts';
import { type SignRequest, signRequestOf } from './sign-request.ts';
import { waits } from './waits.ts';

const createBody = z.omit(createRequestBody, { account_id: true });
type Given = Omit<NewRequest, 'account_id'>;

export const createSignRequest = async ({
  requests,
  requestId,
  ...incoming
}: DialectRequest): Promise<Response> => {
  const given = readBody(incoming, createBody);
  const key = incoming.headers['idempotency-key'];
  return answerOf(await requests.create(given, key, waits.outcome), given, requestId);
};

const answerOf = (request: SignatureRequestView, given: Given, requestId: string): Response => {
  const { creation, id } = request;
  switch (creation?.state) {
    case undefined:
    case 'sent':
    case 'queued':
      return { status: 201, body: withGiven(signRequestOf(request), given) };
    case 'failed':
      return clientError(creation?.error?.provider_status === 404 ? 404 : 400, {
        requestId,
        message: `The sign request was not created. ${creation?.error?.detail ?? ''}`,
      });
    // A 5xx would make clients create it once more.
    case 'undecided':
      return clientError(409, {
        requestId,
        message: `Whether the sign request ${id} was created is not known, and somebody has to look. ${creation?.error?.detail ?? ''}`,
      });
  }
};

/** What was just given is told with the rest. It is not kept: a later read does not have it. */
const withGiven = (
  shown: SignRequest,
  { signers, name: _name, external_id: _external, ...given }: Given,
) => ({
  ...shown,
  ...withoutNulls(given),
  ...(given.parent_folder && { parent_folder: withoutNulls(given.parent_folder) }),
  signers: shown.signers.map((signer) => ({ ...signer, ...givenOf(signer, signers) })),
});

/** A signer of Box Sign is known by address and role. A group is given another id by Box. */
const givenOf = ({ email, role }: SignRequest['signers'][number], signers: readonly NewSigner[]) => {
  const [found, ...others] = signers.filter((one) => one.email === email && one.role === role);
  if (found === undefined || others.length > 0) return {};
  const { name: _name, password: _password, signer_group_id: _group, ...fields } = found;
  return withoutNulls(fields);
};

const withoutNulls = (fields: object): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
