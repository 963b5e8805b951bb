/** Truto: a unified API over Ironclad, whose answers differ in form and whose own status has no word for a cancellation. */
import { createHmac } from 'node:crypto';
import { cancelWorkflow, entryOf, happenAtIronclad, launch, workflowOf } from './ironclad.ts';
import {
  createdAt,
  type Incoming,
  listed,
  type Meaning,
  type ProviderModel,
  type Reply,
  type Site,
  type SiteAccount,
  type SiteDocument,
  signerAddress,
} from './site.ts';

export const trutoModel: ProviderModel = {
  baseUrl: 'https://truto.test',
  meaning({ method, path, body }): Meaning {
    if (path.endsWith('/workflows')) {
      return { operation: method === 'POST' ? 'create' : 'find', id: '', scope: 'workflow' };
    }
    if (method === 'POST') {
      const [, id = ''] = /"id":"([^"]+)"/.exec(body) ?? [];
      return { operation: 'cancel', id, scope: 'workflow' };
    }
    return { operation: 'read', id: path.slice(path.lastIndexOf('/') + 1), scope: 'workflow' };
  },
  isFrom: ({ headers, query }, { credentials }) =>
    headers['authorization'] === `Bearer ${credentials['api_token']}` &&
    query.includes(`integrated_account_id=${credentials['integrated_account_id']}`),
  answer(site, account, incoming, { operation, id }) {
    const { path, body } = incoming;
    if (operation === 'create') return create(site, account, incoming);
    if (operation === 'find') return list(site, account, incoming);
    const document = account.documents.get(id);
    if (document === undefined) return remoteError(404);
    if (operation === 'cancel') {
      const { status } = cancelWorkflow(site, document, body);
      return status >= 400 ? remoteError(status) : replyTo(site, document);
    }
    if (path.startsWith('/proxy/')) return { status: 200, body: workflowOf(document) };
    return { status: 200, body: unified(site, document) };
  },
  happen: happenAtIronclad,
  error: (status) => remoteError(status),
  callback(_site, { id, account }, _event, making) {
    const body = JSON.stringify({ event: 'record:updated', payload: { id } });
    const secret = account.credentials['webhook_secret'];
    if (secret === undefined) return { headers: {}, body };
    const signature = createHmac('sha256', making === 'forged' ? 'somebody-else' : secret)
      .update(body)
      .digest('hex');
    return { headers: { 'x-truto-signature': `format=sha256,v=${signature}` }, body };
  },
  verifies: ({ credentials }) => credentials['webhook_secret'] !== undefined,
};

/** The same key is answered as before, and makes nothing. */
const create = (site: Site, account: SiteAccount, incoming: Incoming): Reply => {
  const key = incoming.headers['idempotency-key'];
  const before = [...account.documents.values()].find(({ made }) => made?.idempotencyKey === key);
  return replyTo(site, before ?? launch(site, account, incoming));
};

/** Page by page, with a cursor: two on a page. */
const list = (site: Site, account: SiteAccount, { query }: Incoming): Reply => {
  const from = Number(new URLSearchParams(query).get('next_cursor') ?? 0);
  const all = listed(site, account);
  const result = all.slice(from, from + 2).map((document) => ({
    id: document.id,
    name: 'NDA',
    created_at: new Date(createdAt(document)).toISOString(),
    remote_data: entryOf(document),
  }));
  const next = from + 2 < all.length ? { next_cursor: String(from + 2) } : {};
  return { status: 200, body: { result, ...next } };
};

/** Ironclad's error under Truto's roof. */
const remoteError = (status: number): Reply => ({
  status,
  body: {
    statusCode: status,
    error: 'Error',
    message: `About ${signerAddress}`,
    truto_is_remote_error: true,
    raw_response: { code: status === 404 ? 'NOT_FOUND' : 'INVALID_STATE' },
  },
});

const unified = (site: Site, document: SiteDocument): object => ({
  id: document.id,
  name: 'NDA',
  status: document.status === 'open' ? 'active' : 'inactive',
  ...(site.chance.happens('remote data left out', 0.15) ? {} : { remote_data: workflowOf(document) }),
});

const replyTo = (site: Site, document: SiteDocument): Reply => {
  switch (site.chance.below('reply', 4)) {
    case 0:
      return { status: 200, body: unified(site, document) };
    case 1:
      return { status: 200, body: { result: unified(site, document) } };
    case 2:
      return { status: 200, body: {} };
    default:
      return { status: 204 };
  }
};
