/** Where a sign link leads: to the provider's page while the request can be signed, else to a few words on why it cannot. */
import type { RequestDetails, Signer } from '../../shared/domain/details.ts';
import {
  type EndedStatus,
  isOpen,
  type RequestStatus,
  type SignatureRequest,
} from '../../shared/domain/signature-request.ts';
import { isNotThere } from '../../shared/domain/waiting.ts';

export type SignOutcome =
  | { readonly kind: 'redirect'; readonly url: string }
  | ({ readonly kind: 'page' } & SignPage);

/** Shown to a person who has nothing to do with this API: plain words, no names, no addresses. */
export interface SignPage {
  readonly status: number;
  readonly title: string;
  readonly text: string;
  /** The page looks again by itself after so many seconds. */
  readonly againAfter?: number;
}

/** @param provider its title, as a signer knows it */
export const signOutcome = (
  {
    status,
    cancellation,
    ...seen
  }: Pick<SignatureRequest, 'status' | 'cancellation' | 'readError' | 'existed'>,
  details: RequestDetails,
  signer: Signer,
  provider: string,
): SignOutcome => {
  // From the moment of the wish, before the provider has caught up. One that came to nothing takes nothing back.
  const withdrawn = ['queued', 'submitted', 'confirmed'].includes(cancellation?.state ?? '');
  if (withdrawn || status === 'cancelled') return page(cancelled);
  if (!isOpen(status)) return page(endings[status]);
  if (isNotThere(seen)) return page(broken);
  const url = webPage(signer.page) ?? webPage(details.page);
  if (url !== null) return { kind: 'redirect', url };
  return page(isBeingPrepared(status) ? notReady : mailed(provider));
};

/** 404 also for a link that once led somewhere: what was erased is not known any more. */
export const unknownLink: SignPage = {
  status: 404,
  title: 'This link leads nowhere',
  text: 'It may not be complete. Open it once more from the message that it came with, or ask the sender.',
};

/** Nothing is known of the link at the moment. */
export const signTrouble: SignPage = {
  status: 503,
  title: 'This page cannot be shown at the moment',
  text: 'Nothing is wrong with your link. Please try again in a minute.',
  againAfter: 30,
};

/** Not an error, neither of the signer's nor of the service: 202, and the page comes again by itself. */
const notReady: SignPage = {
  status: 202,
  title: 'The document is not ready yet',
  text: 'It is being prepared for signing. This page looks again by itself; you can also come back later.',
  againAfter: 15,
};

const cancelled: SignPage = {
  status: 410,
  title: 'This request was cancelled',
  text: 'The sender has withdrawn it. There is nothing left for you to sign.',
};

const completed: SignPage = {
  status: 410,
  title: 'Everyone has signed',
  text: 'There is nothing left for you to do.',
};

const broken: SignPage = {
  status: 410,
  title: 'This request could not be completed',
  text: 'The document cannot be signed with this link. The sender can make a new request.',
};

const endings: Readonly<Record<EndedStatus, SignPage>> = {
  signed: completed,
  finalizing: completed,
  declined: {
    status: 410,
    title: 'Signing was declined',
    text: 'The document can no longer be signed. The sender can make a new request.',
  },
  expired: {
    status: 410,
    title: 'The time for signing is over',
    text: 'The document can no longer be signed. The sender can make a new request.',
  },
  error: broken,
  error_converting: broken,
  error_sending: broken,
  error_finalizing: broken,
};

const mailed = (provider: string): SignPage => ({
  status: 200,
  title: 'Your link is in another message',
  text: `To sign, open the message that ${provider} has sent you.`,
});

const isBeingPrepared = (status: RequestStatus): boolean =>
  ['creating', 'converting', 'created'].includes(status);

const page = (shown: SignPage): SignOutcome => ({ kind: 'page', ...shown });

/** A provider's word goes into a header: only what is a page on the web. */
const webPage = (url: string | null): string | null => {
  const parsed = url === null ? null : URL.parse(url);
  return parsed !== null && /^https?:$/.test(parsed.protocol) ? parsed.href : null;
};
