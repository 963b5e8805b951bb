/** `POST /sign_requests` at the simulated Box Sign. It never minds a repetition: each makes another request. */
import { randomUUID } from 'node:crypto';
import { type Answer, type Call, parseJson } from '../answer.ts';
import type { SimulatedAccount, World } from '../world.ts';
import type { EventSender } from './callback.ts';
import { type CreateSigner, parseCreateBody } from './create-body.ts';
import { type EnvelopeSigner, envelopesOf, sender, senderEmail } from './envelope.ts';
import { errorAnswer } from './error-answer.ts';
import { current } from './requests.ts';
import { signRequestObject } from './sign-request.ts';
import type { switches } from './switches.ts';

export const create = (
  world: World<typeof switches>,
  events: EventSender,
  { body: raw }: Call,
  account: SimulatedAccount,
): Answer => {
  const parsed = parseCreateBody(world, parseJson(raw));
  if ('fault' in parsed) return errorAnswer(400, parsed.fault.name, parsed.fault.message);
  const { name: title = 'Sign Request', signers, ...given } = parsed.body;
  const ids = [...(given.source_files ?? []), given.parent_folder, { id: given.template_id }];
  if (ids.some((item) => item?.id?.endsWith('404'))) return errorAnswer(404);
  const prepares = given.is_document_preparation_needed === true;
  const id = randomUUID();
  envelopesOf(world).put(id, {
    given,
    signers: withSender(signersOf(signers)),
    mailedAt: prepares ? null : Date.now(),
  });
  const status = prepares ? 'created' : 'converting';
  const request = world.seed({ id, status, account: account.id, title });
  if (!prepares) void events.emit(request, 'SIGN_REQUEST.SIGNATURE_REQUESTED');
  return { status: 201, body: signRequestObject(world, current(world, request)) };
};

/** Unless listed, the sender comes before everybody. */
const withSender = (signers: readonly EnvelopeSigner[]): readonly EnvelopeSigner[] =>
  signers.some(({ email }) => email === senderEmail) ? signers : [sender, ...signers];

/** A group has its id made here, and a group of one is none. An address that is missing is the template's. */
const signersOf = (signers: readonly CreateSigner[]): readonly EnvelopeSigner[] => {
  const groups = new Map(signers.map(({ signer_group_id: group }) => [group, randomUUID()]));
  const sizeOf = (group: string) => signers.filter(({ signer_group_id }) => signer_group_id === group).length;
  return signers.map(({ email, role, order = 0, password: _, signer_group_id: group, ...rest }, at) => ({
    email: email ?? `template${at + 1}@signer.example`,
    role,
    order,
    viewed: false,
    decision: null,
    shown: { ...rest, signer_group_id: group && sizeOf(group) > 1 ? groups.get(group) : null },
  }));
};
