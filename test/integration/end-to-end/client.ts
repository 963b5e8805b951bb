/**
 * A client of the public HTTP API that believes nothing: an answer must have a status that the OpenAPI document names
 * for the operation, must parse by the contract's own schema, and must repeat no secret.
 */
import * as z from 'zod/mini';
import { deliveryPage } from '../../../shared/http/contract/deliveries.ts';
import * as contract from '../../../shared/http/contract/responses.ts';
import {
  webhookEndpoint,
  webhookEndpointWithSecret,
} from '../../../shared/http/contract/webhook-endpoints.ts';
import { type ProblemName, problemMediaType, problemTypeUri } from '../../../shared/http/problem.ts';
import { type Operation, routes } from '../../../shared/http/routes.ts';

const bodies = {
  putAccount: contract.account,
  getAccount: contract.account,
  listAccounts: contract.accountPage,
  deleteAccount: z.null(),
  createCancellation: contract.signatureRequest,
  getSignatureRequest: contract.signatureRequest,
  cancelSignatureRequest: contract.signatureRequest,
  retryCancellation: contract.signatureRequest,
  listSignatureRequests: contract.signatureRequestPage,
  getHistory: contract.historyPage,
  createSignatureRequest: contract.signatureRequest,
  importSignatureRequest: contract.signatureRequest,
  refreshSignatureRequest: contract.signatureRequest,
  remindSigners: contract.signatureRequest,
  resolveCreation: contract.signatureRequest,
  deleteSignatureRequest: z.null(),
  registerWebhook: contract.webhookRegistration,
  putWebhookEndpoint: webhookEndpointWithSecret,
  getWebhookEndpoint: webhookEndpoint,
  deleteWebhookEndpoint: z.null(),
  listDeliveries: deliveryPage,
  getHealth: contract.health,
} as const satisfies Partial<Record<Operation, z.ZodMiniType>>;
type Called = keyof typeof bodies;

export interface Call {
  /** Path parameters by name. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, a text as it is. */
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Answered<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

export interface Refused {
  readonly status: number;
  readonly headers: Headers;
  readonly name: ProblemName;
  /** The fields that are named as wrong. */
  readonly fields: readonly string[];
  readonly text: string;
}

export interface Client {
  /** @throws Error when the answer is a problem. */
  call<O extends Called>(operation: O, call?: Call): Promise<Answered<z.output<(typeof bodies)[O]>>>;
  /** @throws Error when the answer is not a problem. */
  refused(operation: Operation, call?: Call): Promise<Refused>;
}

const described = z.object({
  paths: z.record(
    z.string(),
    z.record(z.string(), z.object({ responses: z.record(z.string(), z.unknown()) })),
  ),
});

export interface ClientOptions {
  readonly url: string;
  /** Sent as a bearer token. */
  readonly key: string;
  /** Grows while the test makes accounts. */
  readonly secrets: ReadonlySet<string>;
}

export const openClient = async ({ url, key, secrets }: ClientOptions): Promise<Client> => {
  const { paths } = described.parse(await (await fetch(`${url}/openapi.json`)).json());

  const send = async (operation: Operation, call: Call) => {
    const response = await fetch(addressOf(url, operation, call), {
      method: routes[operation].method,
      headers: { authorization: `Bearer ${key}`, ...call.headers },
      body: typeof call.body === 'object' ? JSON.stringify(call.body) : (call.body ?? null),
    });
    const text = await response.text();
    const { method, path } = routes[operation];
    const documented = Object.keys(paths[path]?.[method.toLowerCase()]?.responses ?? {});
    if (!documented.includes(String(response.status)))
      throw new Error(`${operation} answered ${response.status}, which is not documented: ${text}`);
    refuseSecrets(secrets, `${JSON.stringify([...response.headers])}${text}`);
    return { status: response.status, headers: response.headers, text };
  };

  return {
    async call(operation, call = {}) {
      const { status, headers, text } = await send(operation, call);
      if (status >= 400) throw new Error(`${operation} was refused: ${status} ${text}`);
      // The schema of this very operation.
      const schema = bodies[operation] as unknown as z.ZodMiniType<
        z.output<(typeof bodies)[typeof operation]>
      >;
      return { status, headers, body: schema.parse(text === '' ? null : JSON.parse(text)) };
    },
    async refused(operation, call = {}) {
      const { status, headers, text } = await send(operation, call);
      if (status < 400) throw new Error(`${operation} was not refused: ${status} ${text}`);
      return { ...readProblem(status, headers, text), status, headers, text };
    },
  };
};

/** @throws Error when it is no problem of the catalogue. */
export const readProblem = (
  status: number,
  headers: Headers,
  text: string,
): Pick<Refused, 'name' | 'fields'> => {
  if (headers.get('content-type') !== problemMediaType)
    throw new Error(`${status} came as ${headers.get('content-type')}: ${text}`);
  const problem = contract.problem.parse(JSON.parse(text));
  if (problem.status !== status) throw new Error(`the problem says ${problem.status}, the answer ${status}`);
  const name = problem.type.slice(problemTypeUri('' as ProblemName).length) as ProblemName;
  return { name, fields: (problem.errors ?? []).map(({ field }) => field) };
};

const addressOf = (url: string, operation: Operation, { path = {}, query = {} }: Call): string => {
  const filled = routes[operation].path.replace(/\{(\w+)\}/g, (_, name: string) => path[name] ?? '');
  const search = new URLSearchParams(query).toString();
  return `${url}${filled}${search === '' ? '' : `?${search}`}`;
};

const refuseSecrets = (secrets: ReadonlySet<string>, text: string): void => {
  for (const secret of secrets) if (text.includes(secret)) throw new Error('an answer repeats a secret');
};
