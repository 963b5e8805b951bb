/**
 * Simulated providers on one port of 127.0.0.1, a path prefix each: `/dropbox-sign/v3/…`, `/okdokument/JSON/…`.
 * Written from the providers' documentation, with their oddities, and with switches and faults for what goes wrong:
 * `GET /dropbox-sign/` lists them all. With a `dataDir` everything survives a kill -9.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { administer } from './admin.ts';
import { type Call, readBody, send } from './answer.ts';
import { boxSignSimulator } from './box-sign/simulator.ts';
import { type Control, controlOf } from './control.ts';
import { dropboxSignSimulator } from './dropbox-sign/simulator.ts';
import { spoil } from './faults.ts';
import { ironcladSimulator } from './ironclad/simulator.ts';
import { okdokumentSimulator } from './okdokument/simulator.ts';
import type { Simulator } from './simulator.ts';
import { trutoSimulator } from './truto/simulator.ts';

const makers = {
  'dropbox-sign': dropboxSignSimulator,
  okdokument: okdokumentSimulator,
  'box-sign': boxSignSimulator,
  truto: trutoSimulator,
  ironclad: ironcladSimulator,
} as const satisfies Record<string, (dataDir: string | null) => Simulator>;
export type SimulatedProviderName = keyof typeof makers;

/** The settings that point an adapter here. */
export type AddressSetting =
  | 'DROPBOX_SIGN_BASE_URL'
  | 'OKDOKUMENT_BASE_URL'
  | 'BOX_BASE_URL'
  | 'BOX_TOKEN_URL'
  | 'TRUTO_BASE_URL'
  | 'IRONCLAD_BASE_URL'
  | 'IRONCLAD_TOKEN_URL';

export interface Simulators<
  Setting extends string = AddressSetting,
  Name extends string = SimulatedProviderName,
> {
  readonly url: string;
  /** By the name of the setting that points an adapter here. */
  readonly baseUrls: Readonly<Record<Setting, string>>;
  readonly control: Readonly<Record<Name, Control>>;
  /** Stops at once; calls that hang are cut. */
  close(): Promise<void>;
}

/** All of them. `port` 0 takes a free one. */
export const startSimulators = async (given: {
  readonly port: number;
  readonly dataDir?: string | undefined;
}): Promise<Simulators> => {
  const dataDir = given.dataDir ?? null;
  const simulators = Object.values(makers).map((make) => make(dataDir));
  // A test holds the names against the registry of the providers.
  return (await serveSimulators(simulators, given.port)) as Simulators;
};

/** Whichever are given, such as one that is in no list. */
export const serveSimulators = async (
  simulators: readonly Simulator[],
  port: number,
): Promise<Simulators<string, string>> => {
  const server = createServer((request, response) => {
    serve(simulators, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : port}`;
  for (const simulator of simulators) simulator.resume();
  return {
    url,
    baseUrls: baseUrlsOf(simulators, url),
    control: controlsOf(simulators),
    async close() {
      for (const { world } of simulators) world.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const baseUrlsOf = (simulators: readonly Simulator[], url: string): Record<string, string> =>
  Object.fromEntries(
    simulators.flatMap(({ name, basePath, baseUrlSetting, otherPaths }) =>
      Object.entries({ [baseUrlSetting]: basePath, ...otherPaths }).map(([setting, path]) => [
        setting,
        `${url}/${name}${path}`,
      ]),
    ),
  );

const controlsOf = (simulators: readonly Simulator[]): Record<string, Control> =>
  Object.fromEntries(simulators.map((simulator) => [simulator.name, controlOf(simulator)]));

const serve = async (
  simulators: readonly Simulator[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const origin = `http://${request.headers.host ?? '127.0.0.1'}`;
  const { pathname, searchParams } = new URL(request.url ?? '/', origin);
  const simulator = simulators.find(
    ({ name }) => pathname === `/${name}` || pathname.startsWith(`/${name}/`),
  );
  if (!simulator) {
    send(response, {
      status: pathname === '/' ? 200 : 404,
      body: simulators.map(({ name }) => `${origin}/${name}/`),
    });
    return;
  }
  const prefix = `/${simulator.name}`;
  const call: Call = {
    method: request.method ?? 'GET',
    path: pathname.slice(prefix.length) || '/',
    query: searchParams,
    headers: request.headers,
    body: await readBody(request),
    baseUrl: `${origin}${prefix}${simulator.basePath}`,
  };
  const administered = administer(simulator, call);
  if (administered) send(response, administered);
  else await answer(simulator, call, response);
};

/** Neither header may be sent twice, so a list of them is none. */
const traceOf = ({ headers: { traceparent, tracestate } }: Call) => ({
  ...(typeof traceparent === 'string' && { traceparent }),
  ...(typeof tracestate === 'string' && { tracestate }),
});

/** A call to the provider's own API: counted, and spoiled where a fault says so. */
const answer = async (simulator: Simulator, call: Call, response: ServerResponse): Promise<void> => {
  const { basePath, otherPaths = {}, world } = simulator;
  const isOther = Object.values(otherPaths).includes(call.path);
  const isBelow = call.path.startsWith(`${basePath}/`);
  const path = isOther ? call.path : isBelow ? call.path.slice(basePath.length) : '/';
  const { operation, requestId, perform, error } = simulator.understand({ ...call, path });
  const at = new Date().toISOString();
  const trace = traceOf(call);
  let acted = false;
  const performed = async () => {
    const result = await perform();
    acted = result.status < 300;
    return result;
  };
  const counted = (status: number) =>
    world.count({ method: call.method, path: call.path, operation, requestId, at, status, acted, trace });
  const fault = world.takeFault(operation, requestId);
  if (fault === null) {
    const result = await performed();
    counted(result.status);
    send(response, result);
    return;
  }
  const status = await spoil(fault, { perform: performed, error }, response);
  counted(status);
};
