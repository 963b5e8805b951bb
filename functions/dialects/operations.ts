/** Those of the API's operations that dialects call, and no others: what they do not name is not in their bundle. */
import type { Handlers } from '../../shared/http/exchange.ts';
import { cancelSignatureRequest, createCancellation } from '../api/cancel.ts';
import { createSignatureRequest } from '../api/create.ts';
import { listSignatureRequests } from '../api/list-requests.ts';
import { importSignatureRequest, refreshSignatureRequest } from '../api/look.ts';
import type { ApiPorts } from '../api/ports.ts';
import { getSignatureRequest } from '../api/read-request.ts';
import { remindSigners } from '../api/remind.ts';

export type UsedOperations = Pick<
  Handlers<'api'>,
  | 'createSignatureRequest'
  | 'importSignatureRequest'
  | 'createCancellation'
  | 'listSignatureRequests'
  | 'getSignatureRequest'
  | 'refreshSignatureRequest'
  | 'remindSigners'
  | 'cancelSignatureRequest'
>;

export const usedOperations = (ports: ApiPorts): UsedOperations => ({
  createSignatureRequest: createSignatureRequest(ports),
  importSignatureRequest: importSignatureRequest(ports),
  createCancellation: createCancellation(ports),
  listSignatureRequests: listSignatureRequests(ports),
  getSignatureRequest: getSignatureRequest(ports),
  refreshSignatureRequest: refreshSignatureRequest(ports),
  remindSigners: remindSigners(ports),
  cancelSignatureRequest: cancelSignatureRequest(ports),
});
