/**
 * `PUT /v1/webhook_endpoints/{endpoint_id}`: creates an endpoint, or replaces what it is told and where.
 *
 * The secret comes first and the endpoint last: until it is there, nobody sees the secret made for it, so a crash in
 * between leaves nothing half-made, and a repeated call makes its own. What it leaves is an unused secret.
 */
import { randomBytes } from 'node:crypto';
import type { Tenant } from '../../shared/domain/ids.ts';
import { readBody } from '../../shared/http/body.ts';
import {
  type PutWebhookEndpointBody,
  putWebhookEndpointBody,
} from '../../shared/http/contract/webhook-endpoints.ts';
import type { Request, Response } from '../../shared/http/exchange.ts';
import { invalidField, Problem } from '../../shared/http/problem.ts';
import {
  type Endpoint,
  type EndpointFormat,
  type EndpointId,
  type EndpointUid,
  mostEndpoints,
} from '../../shared/notify/endpoint.ts';
import type { Subscribable } from '../../shared/notify/event-types.ts';
import type { SigningSecret } from '../../shared/secrets/endpoint-secrets.ts';
import { newSigningSecret } from '../../shared/secrets/write-endpoint-secrets.ts';
import { finishEndpointDeletion } from './delete-endpoint.ts';
import { checkFormat, eventTypesIn } from './endpoint-format.ts';
import { changedAt, type EndpointPorts, endpointIdIn, mostRaces } from './endpoint-ports.ts';
import { checkEndpointUrl } from './endpoint-url.ts';
import { viewEndpoint } from './endpoint-view.ts';

interface Wanted {
  readonly tenant: Tenant;
  readonly id: EndpointId;
  readonly url: string;
  readonly format: EndpointFormat;
  readonly eventTypes: readonly Subscribable[];
  /** What signs, where the client gave it. */
  readonly secret: string | undefined;
}

export const putWebhookEndpoint =
  (ports: EndpointPorts) =>
  async ({ caller, path, ...incoming }: Request<'putWebhookEndpoint'>): Promise<Response> => {
    const id = endpointIdIn(path.endpoint_id);
    if (id === null) {
      throw invalidField('endpoint_id', 'must be 1 to 63 of a-z, 0-9 and -, not starting with -');
    }
    const body = readBody(incoming, putWebhookEndpointBody);
    checkEndpointUrl(body.url, ports.allowLoopback);
    checkFormat(body);
    return createOrReplace(ports, { ...wantedIn(body), tenant: caller.tenant, id });
  };

const wantedIn = (body: PutWebhookEndpointBody) => ({
  url: body.url,
  format: body.format,
  eventTypes: eventTypesIn(body),
  secret: body.secret ?? body.signing_key,
});

const createOrReplace = async (ports: EndpointPorts, wanted: Wanted): Promise<Response> => {
  for (let races = 0; races < mostRaces; races += 1) {
    const all = await ports.endpoints.listEvenIfDeleting(wanted.tenant);
    const existing = all.find(({ id }) => id === wanted.id);
    if (existing?.deleting) await finishEndpointDeletion(ports, existing);
    const others = all.filter(({ id }) => id !== wanted.id).length;
    const done =
      existing === undefined || existing.deleting
        ? await create(ports, wanted, others)
        : await replace(ports, existing, wanted);
    if (done !== null) return done;
  }
  throw new Problem('temporarily-unavailable');
};

/** @returns null when another call was faster. */
const create = async (ports: EndpointPorts, wanted: Wanted, others: number): Promise<Response | null> => {
  if (others >= mostEndpoints) {
    throw new Problem('too-many-webhook-endpoints', { detail: `A tenant may have ${mostEndpoints}.` });
  }
  const now = ports.now();
  const endpoint: Endpoint = {
    tenant: wanted.tenant,
    id: wanted.id,
    uid: randomBytes(12).toString('hex') as EndpointUid,
    url: wanted.url,
    format: wanted.format,
    eventTypes: wanted.eventTypes,
    disabled: null,
    failingSince: null,
    lastFailure: null,
    triedAt: null,
    secretAt: now,
    deleting: false,
    createdAt: now,
    updatedAt: now,
  };
  const signing = signingOf(wanted);
  await ports.endpointSecrets.createSecret(endpoint, signing);
  const created = await ports.endpoints.create(endpoint);
  if (created === null) {
    await ports.endpointSecrets.deleteSecret(endpoint);
    return null;
  }
  return {
    status: 201,
    headers: { location: `/v1/webhook_endpoints/${wanted.id}` },
    body: { ...viewEndpoint(created), ...(wanted.format === 'standard' && signing) },
  };
};

/** A key of the client's own cannot be made for it. */
const signingOf = ({ format, secret }: Wanted): SigningSecret => {
  if (secret !== undefined) return { secret };
  if (format !== 'standard') throw invalidField('signing_key', 'is required');
  return newSigningSecret();
};

/** Enables it again, and forgets its failures. Its secret stays, unless another is given: then that is a rotation. @returns as `create`. */
const replace = async (
  ports: EndpointPorts,
  existing: Endpoint,
  { url, format, eventTypes, secret }: Wanted,
): Promise<Response | null> => {
  if (format !== existing.format) {
    throw invalidField('format', `cannot change from ${existing.format}: delete the endpoint first`);
  }
  const now = ports.now();
  if (secret !== undefined) await ports.endpointSecrets.replaceSecret(existing, { secret }, now);
  const replaced = await ports.endpoints.replace({
    ...existing,
    url,
    eventTypes,
    disabled: null,
    failingSince: null,
    lastFailure: null,
    triedAt: null,
    secretAt: secret === undefined ? existing.secretAt : changedAt(existing.secretAt, now),
    updatedAt: changedAt(existing.updatedAt, now),
  });
  if (replaced !== null) return { status: 200, body: viewEndpoint(replaced) };
  await discardIfDeleted(ports, existing);
  return null;
};

/** A secret may have been made anew for an endpoint that was deleted meanwhile. */
export const discardIfDeleted = async (ports: EndpointPorts, endpoint: Endpoint): Promise<void> => {
  const current = await ports.endpoints.list(endpoint.tenant);
  if (!current.some(({ uid }) => uid === endpoint.uid)) await ports.endpointSecrets.deleteSecret(endpoint);
};
