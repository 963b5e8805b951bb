/** The API's own operations, as the dialects call them: for one caller, on one account, by the provider's ids. */

import type { AccountId } from '../../shared/domain/ids.ts';
import { deriveCreatedId, requestIdPattern } from '../../shared/domain/ids.ts';
import type { SignatureRequestView } from '../../shared/http/contract/responses.ts';
import * as contract from '../../shared/http/contract/responses.ts';
import type { Caller, Request, Response } from '../../shared/http/exchange.ts';
import { idempotencyKeyIn } from '../../shared/http/idempotency-key.ts';
import { Problem } from '../../shared/http/problem.ts';
import type { StoredAccount } from '../../shared/store/accounts.ts';
import type { UsedOperations } from './operations.ts';

/** What a client wishes, in the API's words; the API validates it. */
export interface Wish {
  readonly reason?: string | undefined;
  readonly remoteData?: Readonly<Record<string, unknown>> | undefined;
}

export interface Page {
  readonly items: readonly SignatureRequestView[];
  /** Null at the end. */
  readonly nextCursor: string | null;
}

export interface Requests {
  readonly accountId: AccountId;
  /**
   * Durable when it returns. `id` is the provider's, or Rescind's own (`sr_…`), as everywhere here.
   * @param waitSeconds for the end of it; 0 for not at all
   * @throws Problem `not-cancellable` with the request among its members, `signature-request-not-found`, `invalid-request`
   */
  cancel(id: string, wish: Wish, waitSeconds: number): Promise<SignatureRequestView>;
  /**
   * As its provider tells it now, if that comes in time; else as it was last known.
   * @throws Problem `signature-request-not-found` when the provider does not know it,
   * `temporarily-unavailable` when nothing is known of it: it was never read, or no read has told anything; the last one's
   * `read_error` is among its members
   */
  read(id: string, waitSeconds: number): Promise<SignatureRequestView>;
  /**
   * Durable when it returns; sent as soon as the provider has it.
   * @param body of `POST /v1/signature_requests`, without the account
   * @param waitSeconds for the provider's id
   */
  create(
    body: Readonly<Record<string, unknown>>,
    idempotencyKey: string | undefined,
    waitSeconds: number,
  ): Promise<SignatureRequestView>;
  /** What `create` made under this key; null when nothing was. */
  findCreated(idempotencyKey: string): Promise<SignatureRequestView | null>;
  /** Newest first. What Rescind knows of this account, and nothing that it was never told of. */
  list(page: { readonly limit: number; readonly cursor?: string | undefined }): Promise<Page>;
  /**
   * @param signerId null for all that have not signed
   * @param waitSeconds for the provider's answer
   * @throws Problem `not-remindable`, `reminder-too-early`
   */
  remind(id: string, signerId: string | null, waitSeconds?: number): Promise<SignatureRequestView>;
}

type Around = Pick<Request, 'requestId' | 'remainingMs' | 'log'>;
type Asking = Around & Pick<Request, 'query' | 'headers' | 'body'> & { readonly caller: Caller };

export const requestsOf = (
  operations: UsedOperations,
  caller: Caller,
  { accountId, provider }: Pick<StoredAccount, 'accountId' | 'provider'>,
  around: Around,
): Requests => {
  const asking = (body: object, headers: Record<string, string> = {}): Asking => ({
    ...around,
    caller,
    query: new URLSearchParams(),
    headers,
    body: Buffer.from(JSON.stringify(body)),
  });
  const waiting = (seconds: number): Record<string, string> =>
    seconds > 0 ? { prefer: `wait=${seconds}` } : {};

  const cancel: Requests['cancel'] = async (id, { reason, remoteData }, waitSeconds) => {
    const wish = {
      ...(reason !== undefined && { reason }),
      ...(remoteData !== undefined && { remote_data: remoteData }),
    };
    const headers = waiting(waitSeconds);
    if (isOurs(id)) {
      await checkAccount(id);
      const given = { ...asking(wish, headers), operation: 'cancelSignatureRequest', path: { id } } as const;
      return viewIn(await operations.cancelSignatureRequest(given));
    }
    const body = { account_id: accountId, provider_request_id: id, ...wish };
    const given = { ...asking(body, headers), operation: 'createCancellation', path: {} } as const;
    return viewIn(await operations.createCancellation(given));
  };

  const read: Requests['read'] = async (id, waitSeconds) => {
    const known = isOurs(id) ? await checkAccount(id) : null;
    const request = known?.provider_request_id === null ? known : await readNow(id, waitSeconds);
    const { status, read_at, read_error } = request;
    if (status !== 'unknown' || (read_at !== null && read_error === null)) return request;
    if (read_error?.type === 'not-found') throw new Problem('signature-request-not-found');
    throw new Problem('temporarily-unavailable', {
      detail: read_error?.detail ?? 'The provider has not answered yet.',
      members: { read_error },
    });
  };

  const readNow = async (id: string, waitSeconds: number): Promise<SignatureRequestView> => {
    const headers = waiting(waitSeconds);
    if (isOurs(id)) {
      const given = { ...asking({}, headers), operation: 'refreshSignatureRequest', path: { id } } as const;
      return viewIn(await operations.refreshSignatureRequest(given));
    }
    const body = { account_id: accountId, provider_request_id: id };
    const given = { ...asking(body, headers), operation: 'importSignatureRequest', path: {} } as const;
    return viewIn(await operations.importSignatureRequest(given));
  };

  /** One base URL serves one account: what belongs to another one of the same tenant is not there. */
  const isHere = (request: SignatureRequestView): boolean =>
    request.account_id === accountId && request.provider === provider;

  const checkAccount = async (id: string): Promise<SignatureRequestView> => {
    const given = { ...asking({}), operation: 'getSignatureRequest', path: { id } } as const;
    const request = viewIn(await operations.getSignatureRequest(given));
    if (!isHere(request)) throw new Problem('signature-request-not-found');
    return request;
  };

  const create: Requests['create'] = async (body, idempotencyKey, waitSeconds) => {
    const headers = {
      ...waiting(waitSeconds),
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    };
    const whole = { ...body, account_id: accountId };
    const given = { ...asking(whole, headers), operation: 'createSignatureRequest', path: {} } as const;
    return viewIn(await operations.createSignatureRequest(given));
  };

  const findCreated: Requests['findCreated'] = async (idempotencyKey) => {
    const id = deriveCreatedId(caller.tenant, idempotencyKeyIn(idempotencyKey) ?? '');
    const given = { ...asking({}), operation: 'getSignatureRequest', path: { id } } as const;
    try {
      return viewIn(await operations.getSignatureRequest(given));
    } catch (error) {
      if (error instanceof Problem && error.type === 'signature-request-not-found') return null;
      throw error;
    }
  };

  const list: Requests['list'] = async ({ limit, cursor }) => {
    const query = new URLSearchParams({ account_id: accountId, limit: String(limit) });
    if (cursor !== undefined) query.set('cursor', cursor);
    const given = { ...asking({}), query, operation: 'listSignatureRequests', path: {} } as const;
    const { items, next_cursor } = contract.signatureRequestPage.parse(
      (await operations.listSignatureRequests(given)).body,
    );
    // By name it has those of an account that had the name before, too.
    return { items: items.filter(isHere), nextCursor: next_cursor };
  };

  const remind: Requests['remind'] = async (id, signerId, waitSeconds = 0) => {
    const request = isOurs(id) ? await checkAccount(id) : await read(id, 0);
    const body = signerId === null ? {} : { signer_id: signerId };
    const given = {
      ...asking(body, waiting(waitSeconds)),
      operation: 'remindSigners',
      path: { id: request.id },
    } as const;
    return viewIn(await operations.remindSigners(given));
  };

  return { accountId, cancel, read, create, findCreated, list, remind };
};

/** No provider's ids look so. */
const isOurs = (id: string): boolean => requestIdPattern.test(id);

const viewIn = ({ body }: Response): SignatureRequestView => contract.signatureRequest.parse(body);
