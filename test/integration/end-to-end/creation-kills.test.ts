/**
 * The dispatch function's processes are killed a hundred times, at random moments, while it creates documents at three
 * providers: between the provider's act and our write, and everywhere else. Not one is at its provider twice.
 */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LocalStack, startLocalStack } from '../../../infra/local/local-stack.ts';
import { simulatedAccounts } from '../../../infra/local/simulated-accounts.ts';
import type { SignatureRequestView } from '../../../shared/http/contract/responses.ts';
import { creationExamples } from '../cancellation/creations.ts';
import { eventually, temporaryDirectory } from '../local-stack/assembly.ts';
import { processesMentioning } from '../local-stack/processes.ts';
import { type Client, openClient } from './client.ts';
import { newSecret, quickSettings } from './rescind.ts';

/** Those whose simulators show the name that a document was given: what is there twice shows. */
const providers = ['dropbox-sign', 'okdokument', 'box-sign'] as const;
const kills = 100;
const documents = 36;

const dataDir = temporaryDirectory();
let stack: LocalStack;
let client: Client;
let files: Server;
let fileUrl: string;

beforeAll(async () => {
  const key = newSecret();
  stack = await startLocalStack({
    environment: {
      ...quickSettings,
      PROVIDER_TIMEOUT_MS: '2000',
      PORT: '0',
      SIMULATOR_PORT: '0',
      DATA_DIR: dataDir,
      RESCIND_API_KEY: key,
    },
    print: () => undefined,
  });
  client = await openClient({ url: stack.url, key, secrets: new Set([key]) });
  files = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/pdf' }).end('%PDF-1.7\n%%EOF\n');
  });
  await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
  fileUrl = `http://127.0.0.1:${(files.address() as AddressInfo).port}/nda.pdf`;
});
afterAll(async () => {
  files?.close();
  await stack?.close();
});

const isDispatch = (pid: number): boolean => {
  try {
    return /AWS_LAMBDA_FUNCTION_NAME=Dispatch/i.test(readFileSync(`/proc/${pid}/environ`, 'utf8'));
  } catch {
    return false;
  }
};

/** @returns how many processes died of it */
const killDispatch = (): number => {
  let killed = 0;
  for (const pid of processesMentioning(dataDir).filter(isDispatch)) {
    try {
      process.kill(pid, 'SIGKILL');
      killed += 1;
    } catch {
      // Ended meanwhile.
    }
  }
  return killed;
};

const connect = async (provider: (typeof providers)[number]): Promise<void> => {
  const known = simulatedAccounts.find((account) => account.provider === provider);
  await client.call('putAccount', {
    path: { account_id: provider },
    body: {
      provider,
      credentials: known?.credentials, // The pace is not what is tried here.
      options: { ...known?.options, rate_limit_share: 1 },
    },
  });
};

const create = async (provider: (typeof providers)[number], name: string): Promise<SignatureRequestView> => {
  const body = { account_id: provider, ...creationExamples(fileUrl)[provider].body, name };
  return (await client.call('createSignatureRequest', { body, headers: { 'idempotency-key': name } })).body;
};

test(`${documents} documents, ${kills} deaths, none twice`, async () => {
  const { simulators } = stack;
  if (simulators === null) throw new Error('the simulated providers did not start');
  for (const provider of providers) await connect(provider);
  // Act, then take their time to answer: a death then is the one that nobody can see from here.
  for (const provider of providers) {
    simulators.control[provider].set({ faults: [{ on: 'create', do: 'slow', times: 0, delay_ms: 60 }] });
  }
  const names = Array.from({ length: documents }, (_, n) => `document-${n}`);
  let deaths = 0;
  const killing = (async () => {
    for (const end = Date.now() + 90_000; deaths < kills && Date.now() < end; ) {
      await sleep(20 + Math.random() * 100);
      deaths += killDispatch();
    }
  })();
  const asked = await Promise.all(
    names.map(async (name, n) => {
      await sleep(Math.random() * 8_000);
      const provider = providers[n % providers.length] ?? 'dropbox-sign';
      return { provider, name, id: (await create(provider, name)).id };
    }),
  );
  await killing;
  expect(deaths).toBeGreaterThanOrEqual(kills);
  // Not all: what is absent at Dropbox Sign is believed to be so after ten minutes only, at Box Sign after one.
  const all = await eventually(async () => {
    const read = await Promise.all(
      asked.map(async ({ id }) => (await client.call('getSignatureRequest', { path: { id } })).body),
    );
    return read.filter(({ creation }) => creation?.state === 'sent').length > documents / 2 && read;
  }, 60_000);
  for (const provider of providers) {
    const there = simulators.control[provider]
      .requests()
      .filter(({ title }) => names.some((name) => title.startsWith(name)));
    const titles = there.map(({ title }) => title.replace(/\.pdf$/, ''));
    expect(new Set(titles).size).toBe(titles.length);
  }
  expect(all.filter(({ creation }) => creation?.state === 'undecided')).toEqual([]);
  const ids = all.map((request) => request.provider_request_id).filter((id) => id !== null);
  expect(new Set(ids).size).toBe(ids.length);
}, 180_000);
