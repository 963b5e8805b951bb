/** Dropbox Sign: a cancel is taken with 200 and carried out later, or never; what is gone answers 410. */
import { createHmac } from 'node:crypto';
import {
  become,
  createdAt,
  type Happening,
  type Incoming,
  isGone,
  isLive,
  listed,
  make,
  oldMs,
  type ProviderModel,
  type Reply,
  type Site,
  type SiteAccount,
  type SiteDocument,
  secondsAt,
  signerAddress,
} from './site.ts';

export const dropboxSignModel: ProviderModel = {
  baseUrl: 'https://dropbox-sign.test/v3',
  meaning({ path }) {
    if (path === '/signature_request/send') return { operation: 'create', id: '', scope: 'workflow' };
    if (path === '/signature_request/list') return { operation: 'find', id: '', scope: 'workflow' };
    return {
      operation: path.startsWith('/signature_request/cancel/') ? 'cancel' : 'read',
      id: path.slice(path.lastIndexOf('/') + 1),
      scope: 'workflow',
    };
  },
  isFrom: ({ headers }, { credentials }) =>
    headers['authorization'] === `Basic ${Buffer.from(`${credentials['api_key']}:`).toString('base64')}`,
  answer(site, account, incoming, { operation, id }) {
    if (operation === 'create') return send(site, account, incoming);
    if (operation === 'find') return list(site, account, incoming);
    const document = account.documents.get(id);
    if (document === undefined) return error(404);
    if (isGone(document)) return error(410);
    return operation === 'cancel' ? cancel(site, document) : read(document);
  },
  happen,
  error: (status) => error(status),
  callback(site, document, event, making) {
    const { id, account } = document;
    const event_time = String(secondsAt(site) - (making === 'old' ? oldMs / 1_000 : 0));
    const key = making === 'forged' ? 'somebody-else' : (account.credentials['api_key'] ?? '');
    const event_hash = createHmac('sha256', key)
      .update(event_time + event)
      .digest('hex');
    const signature_request = { signature_request_id: id, ...stateOf(document) };
    const json = JSON.stringify({
      event: { event_type: event, event_time, event_hash },
      signature_request,
    });
    if (site.chance.happens('callback form', 0.3)) {
      return { headers: { 'content-type': 'application/json' }, body: json };
    }
    return {
      headers: { 'content-type': 'multipart/form-data; boundary=XYZ' },
      body: `--XYZ\r\nContent-Disposition: form-data; name="json"\r\n\r\n${json}\r\n--XYZ--\r\n`,
    };
  },
  verifies: () => true,
};

const names: Readonly<Record<number, string>> = {
  400: 'signature_request_cancel_failed',
  401: 'unauthorized',
  402: 'payment_required',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_supported',
  409: 'conflict',
  410: 'deleted',
  429: 'exceeded_rate',
  503: 'unavailable',
};

const error = (status: number): Reply => ({
  status,
  body: { error: { error_msg: `About ${signerAddress}`, error_name: names[status] ?? 'unknown' } },
});

/** Taken: it goes out a little later, which an event tells. */
const send = (site: Site, account: SiteAccount, incoming: Incoming): Reply => {
  const { metadata }: { readonly metadata: { readonly rescind_id: string } } = JSON.parse(incoming.body);
  const document = make(site, account, incoming, { reference: metadata.rescind_id });
  site.callBack(document, 'signature_request_sent');
  return read(document);
};

/** A search by metadata, whose index lags; without one all of them, the latest first. */
const list = (site: Site, account: SiteAccount, { query }: Incoming): Reply => {
  const asked = new URLSearchParams(query);
  const wanted = asked.get('query')?.slice('metadata:'.length) ?? null;
  const [page, size] = [Number(asked.get('page')), Number(asked.get('page_size'))];
  const all = listed(site, account).filter(
    ({ made }) =>
      wanted === null || (made?.reference === wanted && (made?.foundAt ?? 0) <= site.timeline.now),
  );
  return {
    status: 200,
    body: {
      list_info: { page, page_size: size, num_pages: Math.ceil(all.length / size) },
      signature_requests: all.slice((page - 1) * size, page * size).map(objectOf),
    },
  };
};

const cancel = (site: Site, document: SiteDocument): Reply => {
  if (document.isCancelling) return site.chance.happens('second cancel', 0.5) ? { status: 200 } : error(409);
  if (!isLive(document)) return error(400);
  if (site.faults.strikes('silently-dropped')) return { status: 200 };
  document.isCancelling = true;
  const delay = site.chance.happens('long job', 0.05)
    ? site.chance.spread('job', 60_000, 4_000_000)
    : site.chance.between('job', 0, 4_000);
  site.timeline.after(delay, () => {
    document.isCancelling = false;
    if (!isLive(document)) return;
    document.cancelledByUs.add('workflow');
    become(site, document, 'cancelled');
    site.callBack(document, 'signature_request_canceled');
  });
  return { status: 200 };
};

const stateOf = ({ status }: SiteDocument) => ({
  is_complete: status === 'signed',
  is_declined: status === 'declined',
  has_error: false,
  signatures: [
    {
      signature_id: 'f00d',
      signer_email_address: signerAddress,
      signer_name: 'Ann Signer',
      status_code: status === 'open' || status === 'viewed' ? 'awaiting_signature' : status,
      last_viewed_at: status === 'open' ? null : 1_760_000_400,
    },
  ],
});

const objectOf = (document: SiteDocument): object => ({
  signature_request_id: document.id,
  title: 'NDA',
  created_at: Math.floor(createdAt(document) / 1_000),
  metadata: document.made === null ? {} : { rescind_id: document.made.reference },
  ...stateOf(document),
});

const read = (document: SiteDocument): Reply => ({
  status: 200,
  body: { signature_request: objectOf(document) },
});

function happen(site: Site, document: SiteDocument, what: Happening): void {
  const change = changes[what];
  if (change === null) return;
  const [status, event] = change;
  const may = what === 'destroy' ? !isGone(document) : isLive(document);
  if (!may || document.status === status) return;
  become(site, document, status);
  site.callBack(document, event);
}

const changes = {
  view: ['viewed', 'signature_request_viewed'],
  sign: ['signed', 'signature_request_all_signed'],
  decline: ['declined', 'signature_request_declined'],
  expire: ['expired', 'signature_request_expired'],
  cancel: ['cancelled', 'signature_request_canceled'],
  destroy: ['destroyed', 'signature_request_destroyed'],
  take_back: null,
} as const;
