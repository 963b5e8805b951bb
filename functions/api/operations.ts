/** The operations on signature requests, each in its own file. */
import type { Handlers } from '../../shared/http/exchange.ts';
import { cancelSignatureRequest, createCancellation } from './cancel.ts';
import { listSignatureRequests } from './list-requests.ts';
import type { ApiPorts } from './ports.ts';
import { getHistory, getSignatureRequest } from './read-request.ts';
import { retryCancellation } from './retry.ts';

export const apiOperations = (ports: ApiPorts): Handlers<'api'> => ({
  createCancellation: createCancellation(ports),
  listSignatureRequests: listSignatureRequests(ports),
  getSignatureRequest: getSignatureRequest(ports),
  cancelSignatureRequest: cancelSignatureRequest(ports),
  retryCancellation: retryCancellation(ports),
  getHistory: getHistory(ports),
  // Says that the gateway and this function run, and asks nothing of the store: anybody may call it, at any rate.
  getHealth: async () => ({ status: 200, body: { status: 'ok' } }),
});
