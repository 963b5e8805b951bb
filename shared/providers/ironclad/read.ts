/** The status of what is to be cancelled: the workflow's, or its signature packet's. */
import type { ReadAnswer } from '../../domain/answers.ts';
import { errorFrom, postponement } from '../http-status.ts';
import type { Exchange, ProviderResponse } from '../provider.ts';
import type { IroncladCredentials, IroncladOptions } from './credentials.ts';
import { packetIn, packetOf } from './packet.ts';
import { codeIn, headersFor } from './request.ts';
import { workflowIn, workflowStatus } from './workflow.ts';

/** Ends the URL of a workflow that is read about its packet. A fragment is never sent (RFC 3986). */
const aboutPacket = '#packet';

export const read: Exchange<IroncladCredentials, IroncladOptions, ReadAnswer> = {
  request: ({ providerRequestId, scope }, connection) => ({
    method: 'GET',
    url: `${connection.baseUrl}/workflows/${providerRequestId}${scope === 'workflow' ? '' : '/sign-status'}`,
    headers: headersFor(connection),
  }),

  classify(response, memory, request) {
    const [, id = '', signStatus] = /\/workflows\/([^/#]+)(\/sign-status)?/.exec(request.url) ?? [];
    const unknown = {
      kind: 'unclear',
      error: errorFrom(response, 'unexpected-answer', codeIn(response)),
    } as const;
    if (signStatus !== undefined && packetIsElsewhere(response)) {
      const url = request.url.slice(0, -signStatus.length) + aboutPacket;
      return { kind: 'follow', request: { ...request, url } };
    }
    if (response.status !== 200) return failed(response) ?? unknown;
    if (signStatus !== undefined) return packetIn(response, memory) ?? unknown;
    const workflow = workflowIn(response, id);
    if (workflow === null) return unknown;
    return (
      (request.url.endsWith(aboutPacket) ? packetOf(workflow, memory) : workflowStatus(workflow)) ?? unknown
    );
  },
};

/**
 * The packet's own status is told only in the Sign step, and only to a user's token, never to one for client
 * credentials (both documented). The workflow then says what it knows.
 */
const packetIsElsewhere = (response: ProviderResponse): boolean =>
  response.status === 403 || (response.status === 400 && codeIn(response) === 'INVALID_STATE');

const failed = (response: ProviderResponse): ReadAnswer | null => {
  const code = codeIn(response);
  // Unknown, or not visible to this user. Never "cancelled".
  if (response.status === 404) return { kind: 'not_found', error: errorFrom(response, 'not-found', code) };
  return postponement(response, code);
};
