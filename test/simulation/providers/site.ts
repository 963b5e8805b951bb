/** What the simulated providers have in common: accounts, their requests, and what may happen to one from outside. */
import type { AccountId, AccountUid, Tenant, WebhookToken } from '../../../shared/domain/ids.ts';
import type { Scope } from '../../../shared/domain/signature-request.ts';
import type { ProviderName } from '../../../shared/providers/registry.ts';
import type { Chance } from '../chance.ts';
import type { Faults } from '../faults.ts';
import type { Timeline } from '../timeline.ts';

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
}

export interface Incoming {
  readonly method: string;
  /** Below the base address, without the query. */
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object | string;
}

/** What a call is about, before it is carried out. */
export interface Meaning {
  readonly operation: 'cancel' | 'read' | 'metadata' | 'token' | 'key';
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

/** In whole seconds, as providers tell the time. */
export const secondsAt = (site: Site): number => Math.floor(site.timeline.now / 1_000);

export const signerAddress = 'ann.signer@signer.example';
