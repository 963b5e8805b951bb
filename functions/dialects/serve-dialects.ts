/**
 * Turns the dialects into the Lambda handler: finds the call, who makes it and for which account. Every refusal is in the
 * dialect's own words.
 */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import type { DialectName } from '../../shared/http/dialects.ts';
import type { Caller, Response } from '../../shared/http/exchange.ts';
import { asProblem } from '../../shared/http/failure.ts';
import { type Authenticate, problemResult, toResult } from '../../shared/http/gateway-event.ts';
import { Problem } from '../../shared/http/problem.ts';
import { errorFields, type Log } from '../../shared/log.ts';
import type { AccountStore } from '../../shared/store/accounts.ts';
import { inInvocation } from '../../shared/trace/invocation.ts';
import { continuedTrace } from '../../shared/trace/trace.ts';
import type { AnyonesRequest, Dialect, KeyedCall } from './dialect.ts';
import { findDialectAccount } from './find-account.ts';
import { type FoundCall, findCall, findPlace, type Place } from './find-call.ts';
import type { UsedOperations } from './operations.ts';
import { requestsOf } from './requests.ts';

export interface DialectPorts {
  readonly operations: UsedOperations;
  readonly authenticate: Authenticate;
  readonly accounts: Pick<AccountStore, 'findAccount'>;
  readonly log: Log;
}

type DialectHandler = (
  event: APIGatewayProxyEventV2,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

/** So long before Lambda stops the function, a client that waits is told what is known. */
const timeoutEarlyMs = 1_000;

export const serveDialects =
  (dialects: Readonly<Record<DialectName, Dialect>>, ports: DialectPorts): DialectHandler =>
  (event, context) =>
    inInvocation(continuedTrace(event.headers['traceparent'], event.headers['tracestate']), async () => {
      const place = findPlace(event.rawPath);
      // An account's prefix with something behind it that no dialect has.
      if (place === null) return problemResult(new Problem('route-not-found'), context.awsRequestId);
      const found = findCall(dialects[place.dialect].calls, event.requestContext.http.method, place.path);
      const exchange = new Exchange(dialects[place.dialect], place, found, ports, event, context);
      return toResult(await exchange.answer());
    });

/** One call on its way: what is learned of it goes into the one line that is logged. */
class Exchange {
  readonly #dialect: Dialect;
  readonly #place: Place;
  readonly #found: FoundCall | null;
  readonly #ports: DialectPorts;
  readonly #event: APIGatewayProxyEventV2;
  readonly #context: Context;
  readonly #log: Log;
  #caller: Caller | null = null;

  constructor(
    dialect: Dialect,
    place: Place,
    found: FoundCall | null,
    ports: DialectPorts,
    event: APIGatewayProxyEventV2,
    context: Context,
  ) {
    this.#dialect = dialect;
    this.#place = place;
    this.#found = found;
    this.#ports = ports;
    this.#event = event;
    this.#context = context;
    this.#log = (level, what, fields) =>
      ports.log(level, what, { dialect: place.dialect, request_id: context.awsRequestId, ...fields });
  }

  async answer(): Promise<Response> {
    const begun = performance.now();
    const response = await this.#answerOrRefuse();
    this.#log('info', 'answered', {
      call: this.#found === null ? null : `${this.#found.call.method} ${this.#found.call.path}`,
      status: response.status,
      ms: Math.round(performance.now() - begun),
      tenant: this.#caller?.tenant ?? null,
    });
    return response;
  }

  async #answerOrRefuse(): Promise<Response> {
    try {
      if (this.#found === null) throw new Problem('route-not-found');
      const { call, parameters } = this.#found;
      const request = this.#request(parameters);
      return 'answerAnyone' in call
        ? await call.answerAnyone(request)
        : await this.#answerKeyed(call, request);
    } catch (error) {
      const problem = asProblem(error);
      if (problem !== error) this.#log('error', 'request failed', errorFields(error));
      const { awsRequestId: requestId } = this.#context;
      const { call = null, parameters = {} } = this.#found ?? {};
      return this.#dialect.refuse(problem, { requestId, call, parameters });
    }
  }

  async #answerKeyed(call: KeyedCall, request: AnyonesRequest): Promise<Response> {
    const key = this.#dialect.keyIn(request.headers);
    if (key === null) throw new Problem('unauthenticated', { detail: 'No API key was given.' });
    const caller = await request.ownerOf(key);
    this.#caller = caller;
    const named = this.#place.accountId ?? this.#dialect.accountIn?.(request.query) ?? null;
    const account = await findDialectAccount(this.#ports.accounts, caller, this.#place.dialect, named);
    const remainingMs = () => this.#context.getRemainingTimeInMillis() - timeoutEarlyMs;
    const around = { requestId: request.requestId, remainingMs, log: this.#log };
    return call.answer({
      ...request,
      caller,
      account,
      remainingMs,
      requests: requestsOf(this.#ports.operations, caller, account, around),
    });
  }

  #request(parameters: FoundCall['parameters']): AnyonesRequest {
    const { rawQueryString, headers, body = '', isBase64Encoded } = this.#event;
    return {
      parameters,
      query: new URLSearchParams(rawQueryString),
      headers,
      body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'),
      requestId: this.#context.awsRequestId,
      log: this.#log,
      ownerOf: (key) => this.#ports.authenticate({ authorization: `Bearer ${key}` }),
    };
  }
}
