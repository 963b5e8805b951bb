/** Truto: a unified API over Ironclad, whose answers differ in form and whose own status has no word for a cancellation. */
import { createHmac } from 'node:crypto';
import { cancelWorkflow, happenAtIronclad, workflowOf } from './ironclad.ts';
import type { Meaning, ProviderModel, Reply, Site, SiteDocument } from './site.ts';
import { signerAddress } from './site.ts';

export const trutoModel: ProviderModel = {
  baseUrl: 'https://truto.test',
  meaning({ method, path, body }): Meaning {
    if (method === 'POST') {
      const [, id = ''] = /"id":"([^"]+)"/.exec(body) ?? [];
      return { operation: 'cancel', id, scope: 'workflow' };
    }
    return { operation: 'read', id: path.slice(path.lastIndexOf('/') + 1), scope: 'workflow' };
  },
  isFrom: ({ headers, query }, { credentials }) =>
    headers['authorization'] === `Bearer ${credentials['api_token']}` &&
    query.includes(`integrated_account_id=${credentials['integrated_account_id']}`),
  answer(site, account, { path, body }, { operation, id }) {
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
