/** What can happen to a workflow in the simulated Ironclad without an API call. */
import type { SimulatedRequest, World } from '../world.ts';
import type { EventSender } from './callback.ts';
import type { Progress } from './launch.ts';
import { advance } from './signers.ts';
import type { switches } from './switches.ts';

interface Happening {
  readonly status: string;
  readonly events: readonly string[];
  readonly meaning: string;
  /** How far the signers are then. */
  readonly signers?: Progress;
}

const happenings: Readonly<Record<string, Happening>> = {
  send_packet: {
    status: 'sent',
    events: ['signature_packet_sent'],
    meaning: 'the packet goes out for signature',
  },
  view: {
    status: 'sent',
    signers: 'viewed',
    events: ['signature_packet_signer_first_viewed', 'signature_packet_signer_viewed'],
    meaning: 'the signers open the packet, which goes out first where it is not',
  },
  decline: {
    status: 'action_required',
    signers: 'declined',
    events: [],
    meaning: 'a signer declines; the packet waits for somebody',
  },
  sign_packet: {
    status: 'archive',
    signers: 'signed',
    events: ['signature_packet_fully_signed', 'step_updated'],
    meaning: 'all signers sign; the workflow is active still',
  },
  sign: {
    status: 'completed',
    signers: 'signed',
    events: ['signature_packet_fully_signed', 'completed'],
    meaning: 'all signers sign, and the workflow is completed',
  },
  remove_signer: {
    status: 'sign',
    signers: 'waiting',
    events: ['signer_removed', 'signature_packet_cancelled'],
    meaning: 'a signer is removed, which takes the packet back',
  },
  revert: {
    status: 'review',
    signers: 'waiting',
    events: ['step_updated'],
    meaning: 'back to the Review step',
  },
  cancel: { status: 'cancelled', events: ['cancelled'], meaning: 'cancelled in the web interface' },
};

export const actions: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(happenings).map(([name, { meaning }]) => [name, meaning]),
);

export const act = (
  world: World<typeof switches>,
  events: EventSender,
  id: string,
  action: string,
): SimulatedRequest | undefined => {
  const happening = happenings[action];
  const before = world.requests.get(id);
  if (happening === undefined || before === undefined) return undefined;
  const { status, signers } = happening;
  const request = world.update(id, {
    status,
    ...(status === 'cancelled' && { statusBefore: before.status }),
  });
  if (!request) return undefined;
  if (signers !== undefined) advance(world, request, signers);
  const goesOut = action === 'view' && /^(review|sign)$/.test(before.status);
  const names = [...(goesOut ? ['signature_packet_sent'] : []), ...happening.events];
  void (async () => {
    for (const name of names) await events.emit(request, `workflow_${name}`);
  })();
  return request;
};
