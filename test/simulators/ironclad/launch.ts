/** What the simulated Ironclad keeps of a workflow beside its status: what it was launched with, and how far its signers are. */
import * as z from 'zod/mini';
import { type Answer, parseJson } from '../answer.ts';
import type { Collection } from '../journal.ts';
import { newHexId, type SimulatedRequest, type World } from '../world.ts';
import { errorAnswer } from './error-answer.ts';
import type { switches } from './switches.ts';
import { workflowObject } from './workflow.ts';
import type { Asked, Workflows } from './workflows.ts';

type IroncladWorld = World<typeof switches>;

export type Progress = 'waiting' | 'viewed' | 'signed' | 'declined';

interface Signer {
  readonly name: string;
  readonly email: string;
  readonly roleName: string;
  readonly type: 'internal' | 'external';
  readonly progress: Progress;
}

export interface Launch {
  readonly template: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly signers: readonly Signer[];
  /** When each was last reminded, by the role. */
  readonly remindedAt: Readonly<Record<string, number>>;
}

export const launchesOf = (world: IroncladWorld): Collection<Launch> => world.collection('launches');

const internal: Signer = {
  name: 'Ana Ruiz',
  email: 'ana@acme.example',
  roleName: 'Internal Signer',
  type: 'internal',
  progress: 'waiting',
};

/** A workflow that was seeded has one signer, of the company's own. */
export const launchOf = (world: IroncladWorld, { id }: SimulatedRequest): Launch =>
  launchesOf(world).get(id) ?? {
    template: '68f0000000000000000000a1',
    attributes: { counterpartyName: 'Northwind' },
    signers: [internal],
    remindedAt: {},
  };

const launchBody = z.strictObject({
  template: z.string().check(z.minLength(1)),
  attributes: z.record(z.string(), z.unknown()),
  creator: z.optional(z.looseObject({})),
});

export const create = ({ world, events }: Workflows, { account, call: { body } }: Asked): Answer => {
  const given = launchBody.safeParse(parseJson(body));
  if (!given.success) return wrongBody(given.error.issues[0]);
  const { template, attributes } = given.data;
  if (template.endsWith('-gone')) return errorAnswer(400, 'INVALID_PARAM', 'unknown template', 'template');
  const wanted = required[world.value('launch_form')].find((name) => !isText(attributes[name]));
  if (wanted !== undefined) return errorAnswer(400, 'MISSING_PARAM', 'missing required attribute', wanted);
  const id = newHexId(24);
  const { counterpartyName: other } = attributes;
  const title = `NDA with ${isText(other) ? other : 'Northwind'}`;
  launchesOf(world).put(id, {
    template,
    attributes,
    signers: signersFrom(world, attributes),
    remindedAt: {},
  });
  const status = world.value('launched_into');
  const request = world.seed({ id, status, account: account.id, title });
  void (async () => {
    await events.emit(request, 'workflow_launched');
    if (status === 'sent') await events.emit(request, 'workflow_signature_packet_sent');
  })();
  return { status: 200, body: workflowObject(world, request) };
};

const required = {
  signer_email: ['counterpartySignerEmail'],
  signer_name_and_email: ['counterpartySignerName', 'counterpartySignerEmail'],
  nothing: [],
} as const;

const wrongBody = (issue: z.core.$ZodIssue | undefined): Answer => {
  if (issue?.code === 'unrecognized_keys') {
    return errorAnswer(400, 'INVALID_PARAM', 'unknown parameter', issue.keys[0]);
  }
  const param = String(issue?.path[0] ?? 'template');
  return errorAnswer(400, 'MISSING_PARAM', `${param} is required`, param);
};

/** Of the template's making: its counterparty, after the company's own where a switch says so. */
const signersFrom = (
  world: IroncladWorld,
  { counterpartySignerName: name, counterpartySignerEmail: email }: Launch['attributes'],
): readonly Signer[] => {
  if (!isText(email)) return [internal];
  const counterparty = {
    name: isText(name) ? name : email,
    email,
    roleName: 'Counterparty Signer',
    type: 'external',
    progress: 'waiting',
  } as const;
  return world.value('internal_signer') === 'first' ? [internal, counterparty] : [counterparty];
};

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
