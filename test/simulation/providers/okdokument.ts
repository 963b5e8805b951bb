/** OKdokument: cancelling is deleting, what is unknown and what is deleted answer alike, and nothing signs its callbacks. */
import {
  become,
  type Happening,
  type Incoming,
  isLive,
  make,
  type ProviderModel,
  type Reply,
  type Site,
  type SiteAccount,
  type SiteDocument,
} from './site.ts';

export const okdokumentModel: ProviderModel = {
  baseUrl: 'https://okdokument.test/JSON',
  meaning({ method, path, body }) {
    if (method === 'POST') {
      const [, id = ''] = /"signatureRequestId":"([^"]+)"/.exec(body) ?? [];
      return { operation: 'create', id, scope: 'workflow' };
    }
    const id = path.slice(path.lastIndexOf('/') + 1);
    if (method === 'DELETE') return { operation: 'cancel', id, scope: 'workflow' };
    const operation = path.startsWith('/document/metadata/') ? 'metadata' : 'read';
    return { operation, id, scope: 'workflow' };
  },
  isFrom: ({ headers }, { credentials }) => headers['x-api-key'] === credentials['api_key'],
  answer(site, account, incoming, { operation, id }) {
    if (operation === 'create') return create(site, account, incoming, id);
    if (operation === 'metadata') return metadata(account, id);
    const document = account.documents.get(id);
    if (document === undefined || isOver(document)) return notExist(id);
    if (operation === 'read') {
      return {
        status: 302,
        headers: { location: `https://okdokument.test/viewDocument?id=${document.file}` },
      };
    }
    document.cancelledByUs.add('workflow');
    become(site, document, 'cancelled');
    return { status: 200, body: { message: 'msg.deleted', result: id } };
  },
  happen,
  error: (status) => ({ status, ...(status === 503 ? {} : { body: '<html>error</html>' }) }),
  callback: (_site, { id, file }, event, making) => ({
    headers: { 'content-type': 'application/json' },
    // Whoever makes one up does not know the document.
    body: JSON.stringify({
      state: event,
      id: making === 'genuine' ? file : 'f'.repeat(8),
      signatureRequestId: id,
    }),
  }),
  verifies: () => false,
};

/** Under the id that the caller chose, once. */
const create = (site: Site, account: SiteAccount, incoming: Incoming, id: string): Reply => {
  if (account.documents.has(id)) {
    return { status: 409, body: { message: 'err.signature.request.exist', value: id } };
  }
  make(site, account, incoming, { id, reference: id });
  const url = `${okdokumentModel.baseUrl}/openDocument/${id}`;
  return { status: 200, body: { message: 'msg.created', result: id, url } };
};

const isOver = ({ status }: SiteDocument): boolean => status === 'cancelled' || status === 'expired';

const notExist = (id: string): Reply => ({
  status: 400,
  body: { message: 'err.signature.request.not.exist', value: id },
});

const metadata = (account: SiteAccount, file: string): Reply => {
  const document = [...account.documents.values()].find((one) => one.file === file);
  if (document === undefined) return { status: 404 };
  const { status } = document;
  const state = status === 'signed' ? 'signed' : status === 'declined' ? 'canceled' : 'tosign';
  return { status: 200, body: { id: file, state, filename: 'nda.pdf' } };
};

function happen(site: Site, document: SiteDocument, what: Happening): void {
  if (!isLive(document)) return;
  switch (what) {
    case 'view':
    case 'take_back':
    case 'destroy':
      return;
    case 'sign':
      become(site, document, 'signed');
      site.callBack(document, 'signed');
      return;
    case 'decline':
      become(site, document, 'declined');
      site.callBack(document, 'canceled');
      return;
    case 'expire':
      become(site, document, 'expired');
      return;
    case 'cancel':
      become(site, document, 'cancelled');
      return;
  }
}
