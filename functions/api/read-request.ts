/** `GET /v1/signature_requests/{id}` and its history. */
import type { HistoryEntry } from '../../shared/domain/signature-request.ts';
import type { Request, Response } from '../../shared/http/exchange.ts';
import { viewHistoryEntry } from '../../shared/http/views.ts';
import { findRequest, showRequest } from './find-request.ts';
import type { ApiPorts } from './ports.ts';

export const getSignatureRequest =
  (ports: ApiPorts) =>
  async ({ caller, path }: Request<'getSignatureRequest'>): Promise<Response> => {
    const request = await findRequest(ports, caller, path.id);
    return { status: 200, body: await showRequest(ports, request) };
  };

/** Bounded where it is stored, so it is one page. */
export const getHistory =
  (ports: ApiPorts) =>
  async ({ caller, path }: Request<'getHistory'>): Promise<Response> => {
    const request = await findRequest(ports, caller, path.id);
    // The older entries after the request: one that moves from here to there meanwhile is seen in both places.
    const older = await ports.requests.olderHistory(request);
    const items = inOrder([...older, ...request.history]).map(viewHistoryEntry);
    return { status: 200, body: { items, next_cursor: null } };
  };

/** Oldest first; an entry that stands in both places once. */
export const inOrder = (entries: readonly HistoryEntry[]): readonly HistoryEntry[] =>
  [...new Map(entries.map((entry) => [entry.version, entry])).values()].sort((a, b) => a.version - b.version);
