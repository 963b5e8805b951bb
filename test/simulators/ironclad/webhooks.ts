/** The webhooks that a company has registered: one for each URL, and disabled when its receiver says that it is gone. */
import { join } from 'node:path';
import * as z from 'zod/mini';
import { type Answer, type Call, parseJson } from '../answer.ts';
import { openJournal } from '../journal.ts';
import { newHexId, type SimulatedAccount, type World } from '../world.ts';
import { errorAnswer } from './error-answer.ts';
import type { switches } from './switches.ts';

interface Webhook {
  readonly id: string;
  readonly companyId: string;
  readonly events: readonly string[];
  readonly targetURL: string;
  readonly status: 'enabled' | 'disabled' | 'disabledBySystem';
  readonly consecutiveFailureCount: number;
  readonly tags: readonly string[];
}

const registration = z.object({
  events: z.array(z.string()).check(z.minLength(1)),
  targetURL: z.url(),
  status: z.optional(z.enum(['enabled', 'disabled'])),
});

const statusChange = z.object({ status: z.enum(['enabled', 'disabled']) });

export type WebhookRegister = ReturnType<typeof webhookRegister>;

export const webhookRegister = (world: World<typeof switches>, dataDir: string | null) => {
  const journal = openJournal(dataDir === null ? null : join(dataDir, 'ironclad-webhooks.jsonl'));
  const webhooks = journal.collection<Webhook>('webhooks');
  const of = ({ id }: SimulatedAccount) => webhooks.all().filter(({ companyId }) => companyId === id);

  const create = ({ body }: Call, account: SimulatedAccount): Answer => {
    const given = registration.safeParse(parseJson(body));
    if (!given.success) {
      const param = String(given.error.issues[0]?.path[0] ?? 'events');
      return errorAnswer(400, 'INVALID_PARAM', `invalid ${param}`, param);
    }
    const { events, targetURL, status = 'enabled' } = given.data;
    if (of(account).some((webhook) => webhook.targetURL === targetURL)) {
      const message = `webhook already exists for event ${events[0]} and target ${targetURL}`;
      // The misspelling is the provider's.
      return errorAnswer(400, 'INVALID_PARAM', message, 'tagetURL');
    }
    const unchanging = { events, targetURL, companyId: account.id, tags: ['oauth'] };
    const webhook = { id: newHexId(24), ...unchanging, status, consecutiveFailureCount: 0 };
    webhooks.put(webhook.id, webhook);
    return { status: Number(world.value('webhook_created')), body: webhook };
  };

  const one = (method: string, id: string, { body }: Call, account: SimulatedAccount): Answer => {
    const webhook = of(account).find((candidate) => candidate.id === id);
    if (!webhook) return errorAnswer(404, 'NOT_FOUND', 'webhook does not exist');
    if (method === 'DELETE') {
      webhooks.delete(id);
      return { status: 204 };
    }
    const given = method === 'PATCH' ? statusChange.safeParse(parseJson(body)) : undefined;
    const changed = given?.success ? { ...webhook, status: given.data.status } : webhook;
    webhooks.put(id, changed);
    return { status: 200, body: changed };
  };

  return {
    create,
    one,
    /** Without a count (observed). */
    list: (account: SimulatedAccount): Answer => ({
      status: 200,
      body: { page: 0, pageSize: 20, list: of(account) },
    }),
    urlsFor: (account: SimulatedAccount, event: string): readonly string[] =>
      of(account)
        .filter(
          ({ status, events }) => status === 'enabled' && (events.includes('*') || events.includes(event)),
        )
        .map(({ targetURL }) => targetURL),
    /** Every attempt counts, and any 2xx makes up for all before it. */
    attempted(url: string, status: number): void {
      for (const webhook of webhooks.all().filter(({ targetURL }) => targetURL === url)) {
        const failed = status < 200 || status > 299;
        const consecutiveFailureCount = failed ? webhook.consecutiveFailureCount + 1 : 0;
        const gone = status === 410 ? { status: world.value('disabled_as') } : {};
        webhooks.put(webhook.id, { ...webhook, consecutiveFailureCount, ...gone });
      }
    },
  };
};
