/**
 * OKdokument's own calls. It deletes while its client waits, and says so only when it is done: so does this dialect, for as long
 * as a client may be kept waiting. Source: the vendor's pages "Delete Signature Request" and "Create signature request".
 */
import type { SignatureRequestView } from '../../../shared/http/contract/responses.ts';
import type { Response } from '../../../shared/http/exchange.ts';
import { type Problem, type ProblemName, problemTypes } from '../../../shared/http/problem.ts';
import type { Dialect, DialectRequest } from '../dialect.ts';

/** In seconds. */
const longestWait = 20;

export const okdokument: Dialect = {
  calls: [
    {
      method: 'DELETE',
      path: '/JSON/signatureRequest/{signatureRequestId}',
      answer: deleteSignatureRequest,
    },
  ],
  keyIn: (headers) => headers['x-api-key']?.trim() || null,
  refuse: (problem, { parameters }) => refuse(problem, parameters['signatureRequestId'] ?? null),
};

async function deleteSignatureRequest({ requests, parameters }: DialectRequest): Promise<Response> {
  const { signatureRequestId: id = '' } = parameters;
  return answerOf(await requests.cancel(id, {}, longestWait), id);
}

const answerOf = ({ cancellation }: SignatureRequestView, id: string): Response => {
  if (cancellation === null || cancellation.state === 'confirmed') {
    return { status: 200, body: { message: 'msg.deleted', result: id } };
  }
  if (cancellation.state === 'rejected') return { status: 400, body: { message: notExist, value: id } };
  // Not proven, and nothing else in this dialect says so. The same call again is the same cancellation.
  return { status: 500, body: { message: 'err.signature.request.delete.pending', value: id } };
};

const notExist = 'err.signature.request.not.exist';

/** Of the statuses that the vendor documents; the texts of 401, 403 and 500 are not documented. */
const statuses: Partial<Record<ProblemName, number>> = {
  'not-cancellable': 400,
  'signature-request-not-found': 400,
  'invalid-request': 400,
  'account-not-found': 403,
  'temporarily-unavailable': 500,
};

const refuse = (problem: Problem, id: string | null): Response => {
  const status = statuses[problem.type] ?? problemTypes[problem.type].status;
  const about = id === null ? {} : { value: id };
  if (problem.type === 'signature-request-not-found')
    return { status, body: { message: notExist, ...about } };
  return { status, body: { message: `err.${problem.type.replaceAll('-', '.')}`, ...about } };
};
