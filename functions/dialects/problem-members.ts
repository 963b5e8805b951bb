/** What a problem of the API says beside its text: the request that it is about, or why the provider told nothing of one. */
import type { SignatureRequestView } from '../../shared/http/contract/responses.ts';
import * as contract from '../../shared/http/contract/responses.ts';
import type { Problem } from '../../shared/http/problem.ts';

/** Of `not-cancellable`: how the request stands. */
export const requestIn = ({ options: { members = {} } }: Problem): SignatureRequestView | null =>
  contract.signatureRequest.safeParse(members['signature_request']).data ?? null;

/** Of `temporarily-unavailable`: what the last read of a request of which nothing is known was answered with. */
export const readErrorIn = ({ options: { members = {} } }: Problem): SignatureRequestView['read_error'] =>
  contract.signatureRequest.shape.read_error.safeParse(members['read_error']).data ?? null;
