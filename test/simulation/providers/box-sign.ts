/** Box Sign: a cancel is carried out with its answer, and no callback ever tells of one. Its list has no filter. */
import { createHmac } from 'node:crypto';
import {
  become,
  createdAt,
  type Happening,
  type Incoming,
  isLive,
  listed,
  make,
  oldMs,
  type ProviderModel,
  type Reply,
  type Site,
  type SiteAccount,
  type SiteDocument,
  signerAddress,
} from './site.ts';

const tokenOf = ({ uid }: SiteAccount): string => `box-token-of-${uid}`;

export const boxSignModel: ProviderModel = {
  baseUrl: 'https://box-sign.test/2.0',
  meaning({ method, path }) {
    if (path === '/oauth2/token') return { operation: 'token', id: '', scope: 'workflow' };
    if (path === '/sign_requests') {
      return { operation: method === 'POST' ? 'create' : 'find', id: '', scope: 'workflow' };
    }
    const [, , id = '', verb] = path.split('/');
    return { operation: verb === 'cancel' ? 'cancel' : 'read', id, scope: 'workflow' };
  },
  isFrom({ headers, body, path }, account) {
    const { credentials } = account;
    if (path === '/oauth2/token') return body.includes(`client_secret=${credentials['client_secret']}&`);
    return headers['authorization'] === `Bearer ${credentials['access_token'] ?? tokenOf(account)}`;
  },
  answer(site, account, incoming, { operation, id }) {
    if (operation === 'create') {
      const { external_id: reference }: { readonly external_id: string } = JSON.parse(incoming.body);
      return { ...shown(make(site, account, incoming, { reference })), status: 201 };
    }
    if (operation === 'find') return list(site, account, incoming);
    if (operation === 'token') {
      return {
        status: 200,
        body: { access_token: tokenOf(account), expires_in: 3_600, token_type: 'bearer' },
      };
    }
    const document = account.documents.get(id);
    if (document === undefined || document.status === 'destroyed') return error(404);
    if (operation === 'read') return shown(document);
    if (!isLive(document)) return error(site.chance.pick('too late', [400, 409]));
    document.cancelledByUs.add('workflow');
    become(site, document, 'cancelled');
    return shown(document);
  },
  happen,
  error: (status) => error(status),
  callback(site, document, event, making) {
    const body = JSON.stringify({
      type: 'webhook_event',
      trigger: event,
      additional_info: { sign_request_id: document.id, signer_emails: [signerAddress] },
    });
    const key = document.account.credentials['webhook_primary_key'];
    if (key === undefined) return { headers: {}, body };
    const time = new Date(site.timeline.now - (making === 'old' ? oldMs : 0)).toISOString();
    const signature = createHmac('sha256', making === 'forged' ? 'somebody-else' : key)
      .update(body)
      .update(time)
      .digest('base64');
    const headers = {
      'box-delivery-timestamp': time,
      'box-signature-version': '1',
      'box-signature-algorithm': 'HmacSHA256',
      'box-signature-primary': signature,
    };
    return { headers, body };
  },
  verifies: ({ credentials }) => credentials['webhook_primary_key'] !== undefined,
};

const error = (status: number): Reply => ({
  status,
  body: { type: 'error', status, code: codes[status] ?? 'bad_request', message: `About ${signerAddress}` },
});

const codes: Readonly<Record<number, string>> = {
  401: 'unauthorized',
  403: 'access_denied_insufficient_permissions',
  404: 'not_found',
  409: 'conflict',
  429: 'rate_limit_exceeded',
  503: 'unavailable',
};

const statuses: Readonly<Record<SiteDocument['status'], string>> = {
  open: 'sent',
  viewed: 'viewed',
  taken_back: 'sent',
  signed: 'signed',
  declined: 'declined',
  expired: 'expired',
  cancelled: 'cancelled',
  destroyed: 'error',
};

const shown = (document: SiteDocument): Reply => ({ status: 200, body: signRequest(document) });

const signRequest = (document: SiteDocument): object => ({
  id: document.id,
  type: 'sign-request',
  status: statuses[document.status],
  external_id: document.made?.reference ?? null,
  created_at: new Date(createdAt(document)).toISOString(),
  signers: [{ email: signerAddress }],
});

/** Page by page, with a cursor: two on a page, so that there is more than one. */
const list = (site: Site, account: SiteAccount, { query }: Incoming): Reply => {
  const from = Number(new URLSearchParams(query).get('marker') ?? 0);
  const all = listed(site, account);
  const next = from + 2 < all.length ? String(from + 2) : null;
  return { status: 200, body: { entries: all.slice(from, from + 2).map(signRequest), next_marker: next } };
};

function happen(site: Site, document: SiteDocument, what: Happening): void {
  const change = changes[what];
  if (change === null || !isLive(document)) return;
  const [status, event] = change;
  if (document.status === status) return;
  become(site, document, status);
  if (event !== null) site.callBack(document, event);
}

const changes = {
  view: ['viewed', null],
  sign: ['signed', 'SIGN_REQUEST.COMPLETED'],
  decline: ['declined', 'SIGN_REQUEST.DECLINED'],
  expire: ['expired', 'SIGN_REQUEST.EXPIRED'],
  cancel: ['cancelled', null],
  destroy: null,
  take_back: null,
} as const;
