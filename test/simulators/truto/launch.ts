/** Launches a workflow at the simulated Ironclad, from either form of what Truto is given. */
import * as z from 'zod/mini';
import { type Answer, type Call, parseJson } from '../answer.ts';
import { newHexId, type SimulatedAccount, type SimulatedRequest } from '../world.ts';
import { ironcladError, type Remote, remoteError, trutoError } from './error-answer.ts';
import { limitOver, type TrutoWorld } from './ironclad.ts';
import { launchesOf } from './launches.ts';
import { enveloped, unified } from './workflows.ts';

const attributes = z.record(z.string(), z.unknown());
const unifiedBody = z.object({ template_id: z.string().check(z.minLength(1)), custom_fields: attributes });
const remoteBody = z.object({
  remote_data: z.object({ template: z.string().check(z.minLength(1)), attributes }),
});

/** Which form Truto reads is not certain, so a switch chooses. */
export const create = (world: TrutoWorld, call: Call, account: SimulatedAccount): Answer => {
  const wanted = wantedIn(world, parseJson(call.body));
  if (wanted === null) {
    return trutoError(400, 'Validation failed', {
      missing_required_body_fields: ['template_id', 'custom_fields'],
    });
  }
  const made = launch(world, wanted, account);
  if (!('id' in made)) {
    if (made.status === 401) world.accounts.put(account.id, { ...account, status: 'needs_reauth' });
    return remoteError(made);
  }
  const { body = {} } = enveloped(world, made, unified(world, made, call));
  return { status: 200, body: world.value('create_reply') === 'empty' ? {} : body };
};

interface Wanted {
  readonly template: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

const wantedIn = (world: TrutoWorld, body: unknown): Wanted | null => {
  const form = world.value('create_form');
  const own = form === 'remote_data' ? undefined : unifiedBody.safeParse(body).data;
  if (own) return { template: own.template_id, attributes: own.custom_fields };
  return (form === 'unified' ? undefined : remoteBody.safeParse(body).data?.remote_data) ?? null;
};

const launch = (
  world: TrutoWorld,
  { template, attributes }: Wanted,
  account: SimulatedAccount,
): SimulatedRequest | Remote => {
  const limited = limitOver(world, account);
  if (limited !== null) return limited;
  const error = world.value('ironclad_error');
  if (error !== 'none') return ironcladError(Number(error));
  if (template.endsWith('-gone')) return ironcladError(400);
  if (typeof attributes['counterpartySignerEmail'] !== 'string' && world.value('launch_form') !== 'nothing') {
    const message = 'missing required attribute';
    return { status: 400, body: { code: 'MISSING_PARAM', message, param: 'counterpartySignerEmail' } };
  }
  const id = newHexId(24);
  launchesOf(world).put(id, { template, attributes });
  return world.seed({ id, status: 'active', account: account.id, title: 'NDA with Northwind' });
};
