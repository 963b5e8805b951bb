/** Dropbox Sign: a cancel is taken with 200 and carried out later, or never; what is gone answers 410. */
import { createHmac } from 'node:crypto';
import {
  become,
  type Happening,
  isGone,
  isLive,
  oldMs,
  type ProviderModel,
  type Reply,
  type Site,
  type SiteDocument,
  secondsAt,
  signerAddress,
} from './site.ts';

export const dropboxSignModel: ProviderModel = {
  baseUrl: 'https://dropbox-sign.test/v3',
  meaning: ({ path }) => ({
    operation: path.startsWith('/signature_request/cancel/') ? 'cancel' : 'read',
    id: path.slice(path.lastIndexOf('/') + 1),
    scope: 'workflow',
  }),
  isFrom: ({ headers }, { credentials }) =>
    headers['authorization'] === `Basic ${Buffer.from(`${credentials['api_key']}:`).toString('base64')}`,
  answer(site, account, _incoming, { operation, id }) {
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

const read = (document: SiteDocument): Reply => ({
  status: 200,
  body: {
    signature_request: { signature_request_id: document.id, title: 'NDA', ...stateOf(document) },
  },
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
