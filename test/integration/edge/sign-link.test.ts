import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiFunction, becomes, byId, putSealingKey } from './api-function.ts';
import { startTableServer, type TableServer } from './table-server.ts';

let server: TableServer;
let failing = false;

beforeAll(async () => {
  server = await startTableServer(() => {
    if (failing) throw new Error('down');
  });
  await putSealingKey(server);
});
afterAll(() => server.close());

const kim = 'kim@customer.example';
const lee = 'lee@customer.example';
const page = (name: string): string => `https://sign.provider.example/${name}?key=provider-secret`;

const start = async (name: string) => {
  const api = apiFunction(server, name);
  await api.makeAccount();
  const { id, signers } = (
    await api.post('signature_requests', {
      account_id: 'main',
      name: 'Severance of K. Ortega',
      signers: [
        { email: kim, name: 'Kim Ortega' },
        { email: lee, name: 'Lee Ortega' },
      ],
      source_files: [{ url: 'https://files.example.com/a.pdf' }],
    })
  ).body;
  const tokens: string[] = signers.map(({ sign_url }: { sign_url: string }) => sign_url.split('/').at(-1));
  const visit = async (token = tokens[0] ?? '') => {
    const { statusCode, headers = {}, body = '' } = await api.ask('GET /sign/{token}', { path: { token } });
    return { status: statusCode, location: headers['location'], headers, body };
  };
  const cancel = () => api.call('POST /v1/signature_requests/{id}/cancel', byId(id));
  /** As dispatch would: sent, with a page for the first signer alone. */
  const send = async () => {
    await api.change(id, becomes.sent('r1'));
    await api.learn(id, {
      signers: [
        { email: kim, status: 'awaiting', page: page('kim') },
        { email: lee, status: 'awaiting' },
      ],
    });
  };
  return { ...api, id, tokens, visit, cancel, send };
};

describe('GET /sign/{token}', () => {
  test('leads each signer to a page of their own, and says where there is none', async () => {
    const { tokens, visit, send } = await start('leading');
    await send();
    expect(await visit(tokens[0])).toMatchObject({ status: 302, location: page('kim'), body: '' });
    const mailed = await visit(tokens[1]);
    expect([mailed.status, mailed.location]).toEqual([200, undefined]);
    expect(mailed.body).toContain('Dropbox Sign');
  });

  test('is 410 from the moment that a cancellation is accepted, for every signer', async () => {
    const { id, tokens, visit, cancel, send, change } = await start('withdrawn');
    await send();
    expect((await cancel()).status).toBe(202);
    for (const token of tokens) expect((await visit(token)).status).toBe(410);
    await change(id, becomes.cancellation('confirmed'));
    const gone = await visit();
    expect(gone.status).toBe(410);
    expect(gone.body).toContain('cancelled');
  });

  test.each([
    ['failed', 'sent', 302],
    ['rejected', 'signed', 410],
    ['rejected', 'sent', 302],
  ] as const)(
    'after a cancellation that is %s it follows the status again: %s',
    async (state, status, code) => {
      const { id, visit, cancel, send, change } = await start(`undone-${state}-${status}`);
      await send();
      await cancel();
      await change(id, (request) => ({ ...becomes.cancellation(state)(request), status }));
      expect((await visit()).status).toBe(code);
    },
  );

  test('before it is sent it is no error, and looks again; after a failure it is 410', async () => {
    const { id, visit, change } = await start('early');
    expect(await visit()).toMatchObject({ status: 202, headers: { refresh: '15' } });
    await change(id, becomes.creation('undecided'));
    expect((await visit()).status).toBe(202);
    await change(id, becomes.creation('failed'));
    expect((await visit()).status).toBe(410);
  });

  test('a token that is wrong in one place leads nowhere', async () => {
    const { tokens, visit, send } = await start('guessing');
    await send();
    const [token = '', other = ''] = tokens;
    const wrong = (at: number) =>
      `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
    const swapped = `${other.slice(0, 22)}${'A'.repeat(22)}`;
    for (const guess of [wrong(0), wrong(21), wrong(22), wrong(42), swapped, 'A'.repeat(44), 'A', '', '..']) {
      const { status, location, body } = await visit(guess);
      expect([guess, status, location]).toEqual([guess, 404, undefined]);
      expect(body).toContain('<h1>');
    }
    expect(token.slice(0, 22)).toBe(other.slice(0, 22));
  });

  test('tells nobody who signs what, on no page, in no header and no log line', async () => {
    const { id, tokens, visit, cancel, send, change, lines } = await start('discreet');
    lines.length = 0;
    const answers = [await visit(), await visit('A'.repeat(44))];
    await send();
    answers.push(await visit(), await visit(tokens[1]));
    await cancel();
    answers.push(await visit());
    await change(id, () => ({ status: 'declined', cancellation: null }));
    answers.push(await visit());
    expect(answers.map(({ status }) => status)).toEqual([202, 404, 302, 200, 410, 410]);
    for (const { headers, body } of answers) {
      const { location, ...others } = headers;
      expect(JSON.stringify([others, body])).not.toMatch(/ortega|customer|severance|provider-secret/i);
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-robots-tag': 'noindex',
      });
    }
    expect(lines.length).toBeGreaterThan(5);
    const logged = lines.join();
    for (const secret of [
      ...tokens,
      tokens[0]?.slice(0, 22),
      kim,
      'Ortega',
      'Severance',
      'provider-secret',
    ]) {
      expect(logged).not.toContain(secret);
    }
  });

  test('when the table cannot be read it is a page too, that asks to come back', async () => {
    const { visit, send, lines } = await start('unlucky');
    await send();
    failing = true;
    try {
      const { status, headers, body } = await visit();
      expect([status, headers['retry-after']]).toEqual([503, '30']);
      expect(headers['content-type']).toContain('text/html');
      expect(body).toContain('Nothing is wrong with your link');
      expect(lines.join()).toContain('sign_link.not_answered');
    } finally {
      failing = false;
    }
  });
});
