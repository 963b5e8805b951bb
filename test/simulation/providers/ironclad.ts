/** Ironclad: a workflow and its signature packet. An administrator's cancel ends even a completed workflow. */
import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { externalIdAttribute } from '../wishes.ts';
import {
  become,
  createdAt,
  type Happening,
  type Incoming,
  isLive,
  listed,
  type Meaning,
  make,
  type ProviderModel,
  type Reply,
  type Site,
  type SiteAccount,
  type SiteDocument,
  signerAddress,
} from './site.ts';

const tokenOf = ({ uid }: SiteAccount): string => `ironclad-token-of-${uid}`;

export const ironcladModel: ProviderModel = {
  baseUrl: 'https://ironclad.test/public/api/v1',
  meaning({ method, path }): Meaning {
    if (path === '/workflows') {
      return { operation: method === 'POST' ? 'create' : 'find', id: '', scope: 'workflow' };
    }
    if (path === '/oauth/token') return { operation: 'token', id: '', scope: 'workflow' };
    if (path === '/webhooks/verification-key') return { operation: 'key', id: '', scope: 'workflow' };
    const [, , id = '', ...rest] = path.split('/');
    const verb = rest.join('/');
    const isPacket = verb.startsWith('sign-status');
    const operation = verb.includes('cancel') ? 'cancel' : 'read';
    return { operation, id, scope: isPacket ? 'signature_packet' : 'workflow' };
  },
  isFrom({ headers, body, path }, account) {
    const { credentials } = account;
    if (path === '/oauth/token') return body.includes(`client_secret=${credentials['client_secret']}&`);
    return headers['authorization'] === `Bearer ${credentials['access_token'] ?? tokenOf(account)}`;
  },
  answer(site, account, incoming, { operation, id, scope }) {
    const { path, body } = incoming;
    if (operation === 'create') {
      return { status: 200, body: workflowOf(launch(site, account, incoming)) };
    }
    if (operation === 'find') return list(site, account, incoming);
    if (operation === 'token') {
      return {
        status: 200,
        body: { access_token: tokenOf(account), expires_in: 3_600, token_type: 'Bearer' },
      };
    }
    if (operation === 'key') return { status: 200, body: keys().publicKey };
    const document = account.documents.get(id);
    if (document === undefined || document.status === 'destroyed') return error(404);
    if (operation === 'cancel') {
      return scope === 'workflow' ? cancelWorkflow(site, document, body) : takeBack(site, document, body);
    }
    return path.endsWith('/sign-status') ? signStatus(document) : { status: 200, body: workflowOf(document) };
  },
  happen: happenAtIronclad,
  error: (status) => error(status),
  callback(_site, { id }, event, making) {
    const body = JSON.stringify({
      companyID: 'company',
      payload: { event, templateID: 'template', workflowID: id },
      timestamp: '2026-11-21T00:00:00.000Z',
      webhookID: 'webhook',
    });
    const [eventId, nonce] = ['webhookEventOne', 'n0nce'];
    const signature = signatureOf(`${eventId}${body}${making === 'forged' ? '.' : ''}${nonce}`);
    const verification = JSON.stringify({ nonce, signAlgorithm: 'sha256', signature, encoding: 'base64' });
    return {
      headers: {
        'x-ironclad-webhook-event-id': eventId,
        'x-ironclad-webhook-verification': verification,
      },
      body,
    };
  },
  verifies: () => true,
};

const error = (status: number): Reply => ({
  status,
  body: { code: codes[status] ?? 'SERVER_ERROR', message: `About ${signerAddress}` },
});

const codes: Readonly<Record<number, string>> = {
  400: 'INVALID_STATE',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'NOT_ALLOWED',
  429: 'TOO_MANY_REQUESTS',
  502: 'BAD_GATEWAY',
};

/** What was wanted is in attributes: in one of them, perhaps, an id. */
export const launch = (site: Site, account: SiteAccount, incoming: Incoming): SiteDocument => {
  const { attributes, custom_fields }: Launch = JSON.parse(incoming.body);
  const reference = (attributes ?? custom_fields)?.[externalIdAttribute] ?? null;
  return make(site, account, incoming, { reference });
};

/** Truto calls the attributes custom fields. */
interface Launch {
  readonly attributes?: Readonly<Record<string, string>>;
  readonly custom_fields?: Readonly<Record<string, string>>;
}

/** Page by page, by number. */
const list = (site: Site, account: SiteAccount, { query }: Incoming): Reply => {
  const asked = new URLSearchParams(query);
  const [page, size] = [Number(asked.get('page')), Number(asked.get('pageSize'))];
  const all = listed(site, account);
  const shown = all.slice(page * size, (page + 1) * size);
  return { status: 200, body: { page, pageSize: size, count: all.length, list: shown.map(entryOf) } };
};

/** As lists show it. */
export const entryOf = (document: SiteDocument): object => ({
  ...workflowOf(document),
  ...(document.account.ids !== 'hidden' && {
    attributes: document.made === null ? {} : { [externalIdAttribute]: document.made.reference },
  }),
});

export const cancelWorkflow = (site: Site, document: SiteDocument, body: string): Reply => {
  if (!body.includes('message')) return error(400);
  if (document.status === 'cancelled') {
    return site.chance.happens('second cancel', 0.5) ? { status: 204 } : error(400);
  }
  if (site.faults.strikes('silently-dropped')) return { status: 204 };
  document.cancelledByUs.add('workflow');
  become(site, document, 'cancelled');
  site.callBack(document, 'workflow_cancelled');
  return { status: 204 };
};

const takeBack = (site: Site, document: SiteDocument, body: string): Reply => {
  if (!body.includes('reason') || !isInSignStep(document)) return error(400);
  if (document.status === 'taken_back') {
    return site.chance.happens('second cancel', 0.5)
      ? { status: 200, body: { status: 'not_sent' } }
      : error(400);
  }
  if (!site.faults.strikes('silently-dropped')) {
    document.cancelledByUs.add('signature_packet');
    become(site, document, 'taken_back');
    site.callBack(document, 'workflow_signature_packet_cancelled');
  }
  return { status: 200, body: { status: 'not_sent', signers: [{ email: signerAddress }] } };
};

const isInSignStep = (document: SiteDocument): boolean =>
  isLive(document) || document.status === 'taken_back';

const signStatus = (document: SiteDocument): Reply => {
  if (!isInSignStep(document)) return error(400);
  const status = document.status === 'taken_back' ? 'not_sent' : 'sent';
  return { status: 200, body: { status, signers: [{ email: signerAddress }] } };
};

/** A decline leaves a workflow active: it shows nowhere here. */
export const workflowOf = (document: SiteDocument): object => ({
  created: new Date(createdAt(document)).toISOString(),
  ...stateOf(document),
});

const stateOf = ({ id, status }: SiteDocument): object => ({
  id,
  ironcladId: 'IC-41',
  title: 'NDA',
  step: status === 'signed' ? 'Complete' : 'Sign',
  status: status === 'cancelled' ? 'cancelled' : status === 'signed' ? 'completed' : 'active',
  isCancelled: status === 'cancelled',
  isComplete: status === 'signed',
  creator: { email: signerAddress },
  signatures: {
    state:
      status === 'cancelled'
        ? 'not_applicable'
        : status === 'signed'
          ? 'completed'
          : status === 'taken_back'
            ? 'not_started'
            : 'in_progress',
  },
});

export function happenAtIronclad(site: Site, document: SiteDocument, what: Happening): void {
  switch (what) {
    case 'view':
      if (document.status === 'open') become(site, document, 'viewed');
      return;
    case 'sign':
      if (!isLive(document)) return;
      become(site, document, 'signed');
      site.callBack(document, 'workflow_completed');
      return;
    case 'cancel':
      if (!isInSignStep(document)) return;
      become(site, document, 'cancelled');
      site.callBack(document, 'workflow_cancelled');
      return;
    case 'take_back':
      if (!isLive(document)) return;
      become(site, document, 'taken_back');
      site.callBack(document, 'workflow_signature_packet_cancelled');
      return;
    case 'decline':
    case 'expire':
    case 'destroy':
      return;
  }
}

interface Keys {
  readonly publicKey: string;
  readonly privateKey: KeyObject;
}
const kept: { keys: Keys | null } = { keys: null };

/** Once for a process: nothing that happens depends on which key it is. */
const keys = (): Keys => {
  if (kept.keys === null) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
    kept.keys = { publicKey, privateKey };
  }
  return kept.keys;
};

/** The texts are few, and signing one takes a millisecond. */
const signatures = new Map<string, string>();
const signatureOf = (text: string): string => {
  const known = signatures.get(text);
  if (known !== undefined) return known;
  const signature = sign('sha256', Buffer.from(text), keys().privateKey).toString('base64');
  signatures.set(text, signature);
  return signature;
};
