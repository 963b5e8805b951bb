/** The powers of `control.ts` over HTTP, below a provider's prefix, and the page that lists them. */
import * as z from 'zod/mini';
import { type Answer, type Call, parseJson } from './answer.ts';
import { type Change, type Control, controlOf } from './control.ts';
import { faultMeanings } from './faults.ts';
import type { Simulator } from './simulator.ts';
import type { SimulatedRequest } from './world.ts';

const endpoints = {
  'GET /': 'this page',
  'PUT /_switches': '{switch: value, …, faults?: [fault, …]} for all requests',
  'POST /_requests': '{id?, key?, status?, callback_url?} seeds a request and answers it',
  'GET /_requests': 'all requests',
  'GET /_requests/{id}': 'one of them',
  'PUT /_requests/{id}': '{switch: value, …, faults?: [fault, …]} for this request alone',
  'POST /_requests/{id}/{action}': 'lets something happen to it',
  'GET /_calls':
    'counted calls: {method, path, operation, requestId, at, status, acted}; ?request_id= and ?operation= filter',
  'GET /_callbacks': 'callbacks with the status of each attempt',
} as const;

const seedSchema = z.strictObject({
  id: z.optional(z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/))),
  key: z.optional(z.string()),
  status: z.optional(z.string()),
  callback_url: z.optional(z.url()),
});
const changeSchema = z.record(z.string(), z.unknown());

/** Null when the path is not one of the above. `call.path` is below the provider's prefix. */
export const administer = (simulator: Simulator, call: Call): Answer | null => {
  const [first, id, action, ...more] = call.path.split('/').slice(1);
  if (call.method === 'GET' && first === '' && id === undefined) return page(simulator, call.baseUrl);
  if (first === undefined || !/^_(switches|requests|calls|callbacks)$/.test(first) || more.length > 0)
    return null;
  try {
    return (
      carryOut(simulator, call, first, id, action) ?? {
        status: 405,
        body: { error: 'no such call', endpoints },
      }
    );
  } catch (error) {
    return { status: 400, body: { error: error instanceof Error ? error.message : 'refused' } };
  }
};

const carryOut = (
  simulator: Simulator,
  { method, body, query }: Call,
  resource: string,
  id: string | undefined,
  action: string | undefined,
): Answer | null => {
  const control = controlOf(simulator);
  const change = () => z.parse(changeSchema, parseJson(body)) as Change;
  switch (`${method} ${resource}${id === undefined ? '' : '/id'}${action === undefined ? '' : '/action'}`) {
    case 'PUT _switches':
      control.set(change());
      return { status: 200, body: { switches: currentSwitches(simulator), faults: simulator.world.faults } };
    case 'POST _requests':
      return { status: 201, body: view(control.seed(z.parse(seedSchema, parseJson(body) ?? {}))) };
    case 'GET _requests':
      return { status: 200, body: control.requests().map(view) };
    case 'GET _requests/id':
      return one(control, id ?? '');
    case 'PUT _requests/id':
      return { status: 200, body: view(control.override(id ?? '', change())) };
    case 'POST _requests/id/action':
      return { status: 200, body: view(control.act(id ?? '', action ?? '')) };
    case 'GET _calls':
      return { status: 200, body: control.calls(filterFrom(query)) };
    case 'GET _callbacks':
      return { status: 200, body: control.callbacks().map(({ body: _, headers: __, ...rest }) => rest) };
    default:
      return null;
  }
};

const filterFrom = (query: URLSearchParams) => {
  const [operation, requestId] = [query.get('operation'), query.get('request_id')];
  return { ...(operation !== null && { operation }), ...(requestId !== null && { requestId }) };
};

const one = (control: Control, id: string): Answer => {
  const request = control.request(id);
  return request
    ? { status: 200, body: view(request) }
    : { status: 404, body: { error: `no request ${id}` } };
};

const view = ({
  id,
  status,
  createdAt,
  cancelAt,
  cancelReason,
  switches,
  faults,
  callbackUrl,
  documentId,
}: SimulatedRequest) => ({
  id,
  status,
  created_at: new Date(createdAt).toISOString(),
  cancel_at: cancelAt === null ? null : new Date(cancelAt).toISOString(),
  cancel_reason: cancelReason,
  document_id: documentId,
  callback_url: callbackUrl,
  switches,
  faults,
});

const currentSwitches = ({ world }: Simulator) =>
  Object.entries(world.switches).map(([name, { values, meaning, default: initial }]) => ({
    name,
    values,
    meaning,
    default: initial,
    current: world.value(name),
  }));

const page = (simulator: Simulator, baseUrl: string): Answer => ({
  status: 200,
  body: {
    provider: simulator.name,
    base_url: baseUrl,
    base_url_setting: simulator.baseUrlSetting,
    keys: simulator.keys ?? 'any API key works as an account of its own, except one that ends in -bad',
    switches: currentSwitches(simulator),
    statuses: simulator.statuses,
    actions: simulator.actions,
    faults: {
      form: '{on: operation | any, do, times?: 1 (0: until removed), status?, headers?, body?, delay_ms?}',
      operations: simulator.operations,
      do: faultMeanings,
      current: simulator.world.faults,
    },
    endpoints,
  },
});
