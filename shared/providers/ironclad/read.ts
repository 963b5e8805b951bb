/** The status of what is to be cancelled: the workflow's, or its signature packet's; and who signs, where that is wanted. */
import * as z from 'zod/mini';
import type { ReadAnswer } from '../../domain/answers.ts';
import type { SeenDetails } from '../../domain/details.ts';
import { errorFrom, postponement } from '../http-status.ts';
import { readJson } from '../json.ts';
import type { Exchange, ProviderRequest, ProviderResponse } from '../provider.ts';
import { noteIn, withNotes } from '../url-notes.ts';
import type { IroncladCredentials, IroncladOptions } from './credentials.ts';
import { detailsOf, signersIn } from './details.ts';
import { packetIn, packetOf } from './packet.ts';
import { codeIn, headersFor } from './request.ts';
import { isIroncladId, type Workflow, workflowIdIn, workflowIn, workflowStatus } from './workflow.ts';

/** Ends the URL of a packet's own status. */
const signStatus = '/sign-status';
/** Ends the URL of a workflow that is read about its packet. A fragment is never sent (RFC 3986). */
const aboutPacket = '#packet';

export const read: Exchange<IroncladCredentials, IroncladOptions, ReadAnswer> = {
  request({ providerRequestId, scope }, connection, { followed }) {
    const url = `${connection.baseUrl}/workflows/${providerRequestId}`;
    const { credentials, options } = connection;
    const request = { method: 'GET', headers: headersFor(connection) } as const;
    if (scope !== 'workflow') return { ...request, url: `${url}${signStatus}` };
    // What a token for client credentials may never read is in a second place (both documented).
    const signers = 'client_id' in credentials ? 'signatures' : 'sign-status';
    const notes = followed ? { signers, external_id: options.external_id_attribute } : {};
    return { ...request, url: withNotes(url, notes) };
  },

  classify(response, memory, request, known) {
    if (known !== undefined) return withDetails(known, signersTold(response));
    const id = idIn(request);
    const isPacket = request.url.endsWith(signStatus);
    const unknown = {
      kind: 'unclear',
      error: errorFrom(response, 'unexpected-answer', codeIn(response)),
    } as const;
    if (isPacket && packetIsElsewhere(response)) {
      const url = request.url.slice(0, -signStatus.length) + aboutPacket;
      return { kind: 'follow', request: { ...request, url } };
    }
    if (response.status !== 200) return failed(response) ?? unknown;
    if (isPacket) {
      const packet = packetIn(response, memory);
      return packet === null ? unknown : withDetails(packet, memory.followed ? signersTold(response) : {});
    }
    const workflow = workflowIn(response, id);
    if (workflow === null) return unknown;
    if (request.url.endsWith(aboutPacket)) return packetOf(workflow, memory) ?? unknown;
    return toldBy(workflow, response, request) ?? unknown;
  },
};

/** The status of the workflow, and what else it tells where it is followed. In the Sign step, one more call tells who signs. */
const toldBy = (
  workflow: Workflow,
  response: ProviderResponse,
  request: ProviderRequest,
): ReturnType<typeof read.classify> | null => {
  const status = workflowStatus(workflow);
  if (status === null) return null;
  const canonicalId = isIroncladId(idIn(request)) ? workflowIdIn(workflow) : null;
  const answer = canonicalId === null ? status : { ...status, canonicalId };
  // Noted in the request where the workflow is followed.
  const path = noteIn(request.url, 'signers');
  if (path === null) return answer;
  const body = readJson(z.unknown(), response.body);
  const known = withDetails(answer, detailsOf(body, noteIn(request.url, 'external_id')));
  if (readJson(signStep, response.body) === null) return known;
  const url = `${withNotes(request.url, {})}/${path}`;
  return { kind: 'follow', request: { ...request, url }, known };
};

/** Both places tell of the signers only then (documented). */
const signStep = z.object({ step: z.literal('Sign'), status: z.literal('active') });

// Stryker disable next-line OptionalChaining,StringLiteral: equivalent, the URL of every read names a workflow.
const idIn = ({ url }: ProviderRequest): string => /\/workflows\/([^/#]+)/.exec(url)?.[1] ?? '';

const signersTold = (response: ProviderResponse): SeenDetails => {
  const signers = signersIn(response);
  return signers === null ? {} : { signers };
};

/** What nothing is told of stays as it is. */
const withDetails = (answer: ReadAnswer, told: SeenDetails): ReadAnswer => {
  const details = { ...('details' in answer && answer.details), ...told };
  return { ...answer, ...(Object.keys(details).length > 0 && { details }) };
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
