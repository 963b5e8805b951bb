/** What can happen to a request at the simulated Dropbox Sign without an API call, and which events tell of it. */
import type { SimulatedRequest } from '../world.ts';
import { advance, type Step } from './envelope.ts';
import type { DropboxSign } from './requests.ts';

interface Happening {
  readonly status: string;
  readonly step?: Step;
  readonly event: string;
  readonly meaning: string;
}

const happenings: Readonly<Record<string, Happening>> = {
  view: {
    status: 'viewed',
    step: 'view',
    event: 'signature_request_viewed',
    meaning: 'the next signer opens it',
  },
  sign_one: {
    status: 'partially_signed',
    step: 'sign',
    event: 'signature_request_signed',
    meaning: 'the next signer signs; after the last one it is signed, which is an event of its own',
  },
  sign: {
    status: 'signed',
    step: 'sign_all',
    event: 'signature_request_all_signed',
    meaning: 'all signers sign',
  },
  decline: {
    status: 'declined',
    step: 'decline',
    event: 'signature_request_declined',
    meaning: 'the next signer declines',
  },
  expire: { status: 'expired', event: 'signature_request_expired', meaning: 'its time is over' },
  fail: { status: 'error', event: 'file_error', meaning: 'its file cannot be processed' },
  cancel: {
    status: 'cancelled',
    event: 'signature_request_canceled',
    meaning: 'cancelled in the web interface',
  },
  destroy: { status: 'destroyed', event: 'signature_request_destroyed', meaning: 'erased for good' },
};

export const actions: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(happenings).map(([name, { meaning }]) => [name, meaning]),
);

export const happen = (
  { world, events }: DropboxSign,
  id: string,
  action: string,
): SimulatedRequest | undefined => {
  const before = world.requests.get(id);
  const happening = happenings[action];
  if (before === undefined || happening === undefined) return undefined;
  const { step, event } = happening;
  const { by, isLast } = step === undefined ? { by: null, isLast: false } : advance(world, before, step);
  // A view takes nothing back.
  const keeps = step === 'view' && before.status === 'partially_signed';
  const request = world.update(id, { status: keeps ? before.status : happening.status }) ?? before;
  const told = events.emit(request, event, by);
  if (step !== 'sign' || !isLast) return request;
  const signed = world.update(id, { status: 'signed' }) ?? request;
  void told.then(() => events.emit(signed, 'signature_request_all_signed'));
  return signed;
};
