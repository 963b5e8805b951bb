/** Have a request read at its provider: one made elsewhere (`import`), or one that Rescind has (`refresh`). */

import { readBody } from '../../shared/http/body.ts';
import { emptyBody, importBody } from '../../shared/http/contract/requests.ts';
import type { Request, Response } from '../../shared/http/exchange.ts';
import { invalidField, Problem } from '../../shared/http/problem.ts';
import { importRequest, refreshRequest } from '../../shared/lifecycle/import-request.ts';
import type { AnyProvider } from '../../shared/providers/define-provider.ts';
import { answerRequest, isReadSince } from './answer-request.ts';
import { findAccount } from './find-account.ts';
import { findRequest } from './find-request.ts';
import type { ApiPorts } from './ports.ts';
import { providerOf } from './wish.ts';

export const importSignatureRequest =
  (ports: ApiPorts) =>
  async (incoming: Request<'importSignatureRequest'>): Promise<Response> => {
    const { caller, log } = incoming;
    const body = readBody(incoming, importBody);
    const account = await findAccount(ports, caller, body.account_id);
    checkImportId(account.provider, body.provider_request_id);
    const askedAt = ports.now();
    const request = await importRequest({ ...ports, log }, caller.tenant, account, body.provider_request_id);
    return answerRequest(ports, incoming, request, isReadSince(askedAt));
  };

export const refreshSignatureRequest =
  (ports: ApiPorts) =>
  async (incoming: Request<'refreshSignatureRequest'>): Promise<Response> => {
    const { caller, path, log } = incoming;
    readBody(incoming, emptyBody, {});
    const known = await findRequest(ports, caller, path.id);
    if (known.providerRequestId === null) throw new Problem('not-at-provider');
    const askedAt = ports.now();
    const request = await refreshRequest({ ...ports, log }, known, providerOf(known));
    return answerRequest(ports, incoming, request, isReadSince(askedAt));
  };

/** Any name of a request that a read resolves: its id, or what the provider calls it besides. */
const checkImportId = ({ importIds, requestIds }: AnyProvider, providerRequestId: string): void => {
  const message = importIds?.message ?? requestIds?.message;
  const isId = requestIds?.pattern.test(providerRequestId) ?? true;
  if (message !== undefined && !isId && importIds?.pattern.test(providerRequestId) !== true) {
    throw invalidField('provider_request_id', message);
  }
};
