/** The operations on signature requests, each in its own file. */
import type { Handlers } from '../../shared/http/exchange.ts';
import { cancelSignatureRequest, createCancellation } from './cancel.ts';
import { createSignatureRequest } from './create.ts';
import { deleteSignatureRequest } from './erase.ts';
import { followSignLink } from './follow-sign-link.ts';
import { listProviders } from './list-providers.ts';
import { listSignatureRequests } from './list-requests.ts';
import { importSignatureRequest, refreshSignatureRequest } from './look.ts';
import type { ApiPorts } from './ports.ts';
import { getHistory, getSignatureRequest } from './read-request.ts';
import { remindSigners } from './remind.ts';
import { resolveCreation } from './resolve.ts';
import { retryCancellation } from './retry.ts';

export const apiOperations = (ports: ApiPorts): Handlers<'api'> => ({
  listProviders,
  createSignatureRequest: createSignatureRequest(ports),
  importSignatureRequest: importSignatureRequest(ports),
  createCancellation: createCancellation(ports),
  listSignatureRequests: listSignatureRequests(ports),
  getSignatureRequest: getSignatureRequest(ports),
  deleteSignatureRequest: deleteSignatureRequest(ports),
  refreshSignatureRequest: refreshSignatureRequest(ports),
  remindSigners: remindSigners(ports),
  resolveCreation: resolveCreation(ports),
  cancelSignatureRequest: cancelSignatureRequest(ports),
  retryCancellation: retryCancellation(ports),
  getHistory: getHistory(ports),
  followSignLink: followSignLink(ports),
  // Says that the gateway and this function run, and asks nothing of the store: anybody may call it, at any rate.
  getHealth: async () => ({ status: 200, body: { status: 'ok' } }),
});
