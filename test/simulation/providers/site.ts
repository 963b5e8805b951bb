/** What the simulated providers have in common: accounts, their requests, and what may happen to one from outside. */
import type { AccountId, AccountUid, Tenant, WebhookToken } from '../../../shared/domain/ids.ts';
import type { Scope } from '../../../shared/domain/signature-request.ts';
import type { ProviderName } from '../../../shared/providers/registry.ts';
import type { Chance } from '../chance.ts';
import type { Faults } from '../faults.ts';
import type { IdsAre } from '../scenario.ts';
import type { Timeline } from '../timeline.ts';
import { type Mark, markIn } from '../wishes.ts';

/** `taken_back`: an Ironclad workflow in its Sign step whose packet is not out. `cancelled` is deleted at OKdokument. */
export type DocumentStatus =
  | 'open'
  | 'viewed'
  | 'taken_back'
  | 'signed'
  | 'declined'
  | 'expired'
  | 'cancelled'
  | 'destroyed';

/** What signers, and people in the provider's own interface, do. */
export const happenings = ['view', 'sign', 'decline', 'expire', 'cancel', 'take_back', 'destroy'] as const;
export type Happening = (typeof happenings)[number];

export interface SiteAccount {
  readonly tenant: Tenant;
  readonly accountId: AccountId;
  readonly uid: AccountUid;
  readonly provider: ProviderName;
  readonly credentials: Readonly<Record<string, string>>;
  readonly webhookToken: WebhookToken;
  readonly ids: IdsAre;
  readonly documents: Map<string, SiteDocument>;
}

export interface SiteDocument {
  readonly id: string;
  readonly account: SiteAccount;
  /** The file behind it, where that has an id of its own. */
  readonly file: string;
  status: DocumentStatus;
  /** Every status that it has had. */
  readonly past: Set<DocumentStatus>;
  /** A cancel was taken and is not carried out yet. */
  isCancelling: boolean;
  /** By our own calls, by scope. */
  readonly cancelledByUs: Set<Scope>;
  /** Null for what was there before. */
  readonly made: Made | null;
}

/** By a call that creates. */
export interface Made {
  readonly mark: Mark;
  readonly at: number;
  /** From then on lists show it; a search may still miss it until `foundAt`. */
  readonly listedAt: number;
  readonly foundAt: number;
  /** The id that travelled with it; null where there was no place for one. */
  readonly reference: string | null;
  readonly idempotencyKey: string | null;
}

export interface Incoming {
  readonly method: string;
  /** Below the base address, without the query. */
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What this call makes is in every list by then, as far as its provider is relied upon. */
  readonly settledAt: number;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object | string;
}

/** What a call is about, before it is carried out. */
export interface Meaning {
  readonly operation: 'cancel' | 'read' | 'metadata' | 'token' | 'key' | 'create' | 'find';
  /** The request's id; empty where it is about none. */
  readonly id: string;
  readonly scope: Scope;
}

export interface Site {
  readonly timeline: Timeline;
  readonly chance: Chance;
  readonly faults: Faults;
  /** Tells the account's webhook. */
  readonly callBack: (document: SiteDocument, event: string) => void;
  /** A document has come to be. */
  readonly made: (document: SiteDocument) => void;
  readonly note: (text: string) => void;
}

/**
 * `forged`: by somebody who does not have the secret. `old`: genuine once, days ago, and sent again by somebody who has
 * kept it, in the name of this request.
 */
export type Making = 'genuine' | 'forged' | 'old';

export const oldMs = 4 * 86_400_000;

export interface Callback {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One provider, as its documentation says that it behaves. */
export interface ProviderModel {
  readonly baseUrl: string;
  meaning(incoming: Incoming): Meaning;
  /** Whether the call carries this account's credentials. */
  isFrom(incoming: Incoming, account: SiteAccount): boolean;
  answer(site: Site, account: SiteAccount, incoming: Incoming, meaning: Meaning): Reply;
  happen(site: Site, document: SiteDocument, what: Happening): void;
  /** An error as this provider words it. */
  error(status: number): Reply;
  /** Null where nothing of this kind can be written. */
  callback(site: Site, document: SiteDocument, event: string, making: Making): Callback | null;
  /** Whether a delivery that is not genuine is told apart. */
  verifies(account: SiteAccount): boolean;
}

export const isLive = ({ status }: SiteDocument): boolean => status === 'open' || status === 'viewed';

export const isGone = ({ status }: SiteDocument): boolean => status === 'cancelled' || status === 'destroyed';

export const become = (site: Site, document: SiteDocument, status: DocumentStatus): void => {
  site.note(`${document.account.accountId}/${document.id} becomes ${status}`);
  document.status = status;
  document.past.add(status);
};

/** What a create call makes, in no list at once: most lists are quick, and some take as long as they may. */
export const make = (
  site: Site,
  account: SiteAccount,
  { body, settledAt, headers }: Incoming,
  given: { readonly id?: string; readonly reference: string | null },
): SiteDocument => {
  const { chance, timeline } = site;
  const id = given.id ?? `made-${account.documents.size + 1}`;
  const at = timeline.now;
  const room = Math.max(0, settledAt - at);
  const isLate = chance.happens('late in lists', 0.25);
  const lag = isLate ? lateness(chance, room) : Math.min(room, chance.between('list', 0, 1_500));
  const mark = markIn(body);
  if (mark === null) throw new Error('a create call without a mark');
  const document: SiteDocument = {
    id,
    account,
    file: `file${id.replaceAll('-', '')}`,
    status: 'open',
    past: new Set(['open']),
    isCancelling: false,
    cancelledByUs: new Set(),
    made: {
      mark,
      at,
      listedAt: at + lag,
      foundAt: at + lag + (isLate ? chance.spread('search lag', 1_000, 3_600_000) : 0),
      reference: given.reference,
      idempotencyKey: headers['idempotency-key'] ?? null,
    },
  };
  account.documents.set(id, document);
  site.note(`${account.accountId}/${id} is made for wish ${mark.wish}${mark.variant}`);
  site.made(document);
  return document;
};

/** Often at the very last. */
const lateness = (chance: Chance, most: number): number =>
  chance.happens('latest', 0.5) ? most : chance.between('list lag', 0, most);

/** What an account's lists show, the latest first. */
export const listed = (site: Site, account: SiteAccount): readonly SiteDocument[] =>
  [...account.documents.values()]
    .filter(({ made }) => (made?.listedAt ?? 0) <= site.timeline.now)
    .sort((a, b) => (b.made?.at ?? 0) - (a.made?.at ?? 0));

/** When it came to be: what was there before, a month before the run. */
export const createdAt = ({ made }: SiteDocument): number => made?.at ?? 1_797_000_000_000;

/** In whole seconds, as providers tell the time. */
export const secondsAt = (site: Site): number => Math.floor(site.timeline.now / 1_000);

export const signerAddress = 'ann.signer@signer.example';
