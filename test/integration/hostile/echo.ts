/** Stands before the simulated providers: passes calls on or, when it is told to, says back whatever it was sent, as an error. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { addressSettings } from '../../../shared/providers/registry.ts';

export interface Echo {
  /** The providers' addresses, all of them here. */
  readonly settings: Readonly<Record<string, string>>;
  /** Where calls are passed on to. */
  target(addresses: Readonly<Record<string, string>>): void;
  /** From now on every call is answered with this status and with what it held; null: passed on again. */
  answerWith(status: number | null): void;
  /** How many calls were answered so. */
  readonly echoed: () => number;
  close(): Promise<void>;
}

export const openEcho = async (): Promise<Echo> => {
  let addresses: Readonly<Record<string, string>> = {};
  let echoing: number | null = null;
  let echoed = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      if (echoing === null) {
        void passOn(addresses, request, body, response);
        return;
      }
      echoed += 1;
      response.writeHead(echoing, { 'content-type': 'application/json', 'x-echo': 'yes' });
      response.end(everythingIn(request, body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  return {
    settings: Object.fromEntries(addressSettings.map((name) => [name, `${url}/${name}`])),
    target: (given) => {
      addresses = given;
    },
    answerWith: (status) => {
      echoing = status;
    },
    echoed: () => echoed,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
};

const passOn = async (
  addresses: Readonly<Record<string, string>>,
  { url = '', method = 'GET', headers }: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<void> => {
  const [, setting = '', rest = ''] = /^\/([A-Z_]+)(.*)$/.exec(url) ?? [];
  const { host: _host, connection: _connection, 'content-length': _length, ...kept } = headers;
  const passed = Object.entries(kept).map(([name, value]): [string, string] => [name, String(value)]);
  const answer = await fetch(`${addresses[setting]}${rest}`, {
    method,
    headers: passed,
    redirect: 'manual',
    ...(body.length > 0 && { body: new Uint8Array(body) }),
  });
  const location = answer.headers.get('location');
  response.writeHead(answer.status, {
    'content-type': answer.headers.get('content-type') ?? 'application/json',
    ...(location !== null && { location }),
  });
  response.end(Buffer.from(await answer.arrayBuffer()));
};

/** In every place where a provider's error has words, so that whatever is kept of one would be seen. */
const everythingIn = ({ url, headers }: IncomingMessage, body: Buffer): string => {
  const sent = body.toString('utf8');
  const said = `${headers['authorization'] ?? ''} ${headers['x-api-key'] ?? ''} ${url} ${sent}`;
  const bare = credentialIn(headers);
  return JSON.stringify({
    code: bare,
    message: bare.startsWith('err.') ? bare : said,
    error: { error_name: bare, error_msg: said, error_path: said },
    statusCode: 400,
    error_description: said,
    name: said,
    status: bare,
    state: bare,
    detail: said,
    value: said,
    result: said,
    raw_response: { code: bare, message: said },
    truto_error_insight: { forbidden_error: { value: { missing_scopes: [bare, said] } } },
    signature_request: {
      title: said,
      signatures: [{ status_code: said, signature_id: 's', signer_name: said, decline_reason: said }],
    },
  });
};

const credentialIn = ({ authorization = '', 'x-api-key': plain }: IncomingMessage['headers']): string => {
  const [scheme, value = ''] = authorization.split(' ');
  if (scheme !== 'Basic') return String(plain ?? value);
  return Buffer.from(value, 'base64').toString('utf8').replace(/:$/, '');
};
