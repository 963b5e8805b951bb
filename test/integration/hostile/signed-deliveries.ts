/**
 * What each provider signs of its callbacks, written down a second time and independently of the adapters: a delivery as
 * the provider makes it, the same as another account's secret would sign it, and whether what was covered is untouched.
 */
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';

export interface Delivery {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export interface SignedProvider {
  readonly name: 'dropbox-sign' | 'box-sign' | 'ironclad' | 'truto';
  /** A delivery about this request, signed with the account's own secret or with another's. */
  signed(requestId: string, by: 'own' | 'another'): Delivery;
  /** Whether all that the signature covers, and the signature, are as they were. Says nothing of the rest. */
  isUntouched(given: Delivery, original: Delivery): Promise<boolean>;
}

export interface Secrets {
  readonly dropboxSignKey: string;
  readonly boxPrimary: string;
  readonly boxSecondary: string;
  readonly trutoSecret: string;
  readonly ironcladKey: string;
}

export const newRsaKey = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });

/** @param ironcladKey private, in PEM */
export const ownSecrets = (ironcladKey: string): Secrets => ({
  dropboxSignKey: 'own-dropbox-sign-key',
  boxPrimary: 'own-primary-key',
  boxSecondary: 'own-secondary-key',
  trutoSecret: '8d1d7a4e-3a0f-4b53-9a0e-1f2c3d4e5f60',
  ironcladKey,
});

export const another: Secrets = {
  dropboxSignKey: 'another-dropbox-sign-key',
  boxPrimary: 'another-primary-key',
  boxSecondary: 'another-secondary-key',
  trutoSecret: '00000000-0000-4000-a000-000000000000',
  ironcladKey: newRsaKey().privateKey,
};

/** @param now when they are sent, in milliseconds */
export const signedProviders = (own: Secrets, now: () => number): readonly SignedProvider[] => {
  const secrets = { own, another };
  return [
    dropboxSign((by) => secrets[by].dropboxSignKey, now),
    boxSign((by) => [secrets[by].boxPrimary, secrets[by].boxSecondary], now),
    ironclad((by) => secrets[by].ironcladKey),
    truto((by) => secrets[by].trutoSecret),
  ];
};

type By = 'own' | 'another';

const boundary = '------------------------2f0e4b7d9c1a6835';

/** Covered: the type and the time of the event. Neither the request that it names, nor anything else. */
const dropboxSign = (keyOf: (by: By) => string, now: () => number): SignedProvider => ({
  name: 'dropbox-sign',
  signed(requestId, by) {
    const event_type = 'signature_request_canceled';
    const event_time = String(Math.floor(now() / 1_000));
    const event_hash = createHmac('sha256', keyOf(by))
      .update(event_time + event_type)
      .digest('hex');
    const json = JSON.stringify({
      event: { event_type, event_time, event_hash, event_metadata: { reported_for_account_id: 'acc' } },
      account_guid: 'acc',
      signature_request: { signature_request_id: requestId, title: 'NDA Žluťoučký 😀' },
    });
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="json"\r\n\r\n`;
    return {
      body: Buffer.from(`${head}${json}\r\n--${boundary}--\r\n`),
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    };
  },
  async isUntouched(given, original) {
    const event = eventIn(await jsonField(original));
    const said = eventIn(await jsonField(given));
    if (event === null) throw new Error('the original has no event');
    // What Node's reader of forms gives up on: the three members must stand there as they were.
    return said === null ? tells(given.body, event) : covered.every((name) => said[name] === event[name]);
  },
});

const covered = ['event_type', 'event_time', 'event_hash'] as const;
type Event = Readonly<Record<(typeof covered)[number], unknown>>;

const jsonField = async ({ body, headers }: Delivery): Promise<string> => {
  const type = headers['content-type'] ?? '';
  if (/^application\/json/i.test(type)) return body.toString('utf8');
  try {
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
    return String(form.get('json'));
  } catch {
    return '';
  }
};

const eventIn = (json: string): Event | null => {
  try {
    const { event_type, event_time, event_hash } = JSON.parse(json).event;
    return { event_type, event_time, event_hash };
  } catch {
    return null;
  }
};

const tells = (body: Buffer, event: Event): boolean => {
  const text = body
    .toString('utf8')
    .replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return covered.every((name) => new RegExp(`"${name}"\\s*:\\s*"${String(event[name])}"`).test(text));
};

/** Covered: every byte of the body, and the time. */
const boxSign = (keysOf: (by: By) => readonly [string, string], now: () => number): SignedProvider => ({
  name: 'box-sign',
  signed(requestId, by) {
    const body = JSON.stringify({
      type: 'webhook_event',
      id: 'e0c5f3a2-0001-4c8e-9a8e-0a1b2c3d4e5f',
      created_at: new Date(now()).toISOString(),
      trigger: 'SIGN_REQUEST.COMPLETED',
      source: { id: '555000111', type: 'file', name: 'NDA 😀.pdf' },
      additional_info: { sign_request_id: requestId, signer_emails: [], external_id: null },
    }).replaceAll('/', '\\/');
    const time = new Date(now()).toISOString();
    const [primary, secondary] = keysOf(by).map((key) =>
      createHmac('sha256', key)
        .update(body + time)
        .digest('base64'),
    );
    return {
      body: Buffer.from(body),
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'box-delivery-timestamp': time,
        'box-signature-version': '1',
        'box-signature-algorithm': 'HmacSHA256',
        'box-signature-primary': primary ?? '',
        'box-signature-secondary': secondary ?? '',
      },
    };
  },
  async isUntouched({ body, headers }, original) {
    const signatures = ['box-signature-primary', 'box-signature-secondary'] as const;
    const genuine = new Set(signatures.map((name) => original.headers[name]));
    return (
      body.equals(original.body) &&
      ['box-delivery-timestamp', 'box-signature-version', 'box-signature-algorithm'].every(
        (name) => headers[name] === original.headers[name],
      ) &&
      signatures.some((name) => headers[name] !== undefined && genuine.has(headers[name]))
    );
  },
});

/** Covered: the event's id, the JSON of the body (as it came, or as `JSON.stringify` writes it), and the nonce. */
const ironclad = (keyOf: (by: By) => string): SignedProvider => ({
  name: 'ironclad',
  signed(requestId, by) {
    const [eventId, nonce] = ['webhookEventAbC123', 'n0nce42'];
    const body = JSON.stringify({
      companyID: '68f0000000000000000000e5',
      payload: {
        event: 'workflow_cancelled',
        templateID: '68f0000000000000000000a1',
        workflowID: requestId,
      },
      timestamp: '2026-11-20T10:15:30.120Z',
      webhookID: '68f0000000000000000000c3',
    });
    const signature = sign('sha256', Buffer.from(eventId + body + nonce), keyOf(by)).toString('base64');
    return {
      body: Buffer.from(body),
      headers: {
        'content-type': 'application/json',
        'x-ironclad-webhook-event-id': eventId,
        'x-ironclad-webhook-verification': JSON.stringify({
          nonce,
          signAlgorithm: 'sha256',
          signature,
          encoding: 'base64',
        }),
      },
    };
  },
  async isUntouched(given, original) {
    const [now, before] = [verificationIn(given), verificationIn(original)];
    if (now === null || before === null || now.signed !== before.signed) return false;
    return [given.body, rewritten(given.body)].some(
      (body) => body !== null && now.around(body).equals(before.around(original.body)),
    );
  },
});

const rewritten = (body: Buffer): Buffer | null => {
  try {
    return Buffer.from(JSON.stringify(JSON.parse(body.toString('utf8'))));
  } catch {
    return null;
  }
};

const verificationIn = ({ headers }: Delivery) => {
  try {
    const eventId = headers['x-ironclad-webhook-event-id'] ?? '';
    const said = JSON.parse(headers['x-ironclad-webhook-verification'] ?? '');
    return {
      signed: JSON.stringify([said.signature, said.signAlgorithm, said.encoding]),
      around: (body: Buffer) => Buffer.concat([Buffer.from(eventId), body, Buffer.from(String(said.nonce))]),
    };
  } catch {
    return null;
  }
};

/** Covered: every byte of the body. No time: a replayed one is one more look. */
const truto = (secretOf: (by: By) => string): SignedProvider => ({
  name: 'truto',
  signed(requestId, by) {
    const body = JSON.stringify({
      id: 'e1',
      event: 'record:updated',
      payload: { id: requestId, title: 'Žluťoučký 😀' },
      environment_id: 'env1',
      webhook_id: 'wh1',
      created_at: '2026-11-20T10:15:30.120Z',
    });
    const hex = createHmac('sha256', secretOf(by)).update(body).digest('hex');
    return {
      body: Buffer.from(body),
      headers: { 'content-type': 'application/json', 'x-truto-signature': `format=sha256,v=${hex}` },
    };
  },
  async isUntouched({ body, headers }, original) {
    return (
      body.equals(original.body) && headers['x-truto-signature'] === original.headers['x-truto-signature']
    );
  },
});
