/** A client's wish against what its provider can do. */
import type { WishInput } from '../../shared/cancellation/request-cancellation.ts';
import type { CancelBody } from '../../shared/http/contract/requests.ts';
import type { Caller } from '../../shared/http/exchange.ts';
import { invalidField } from '../../shared/http/problem.ts';
import type { AnyProvider } from '../../shared/providers/define-provider.ts';
import { providerNamed } from '../../shared/providers/registry.ts';

/** @throws Problem that names the field which this provider has no use for, or which it cannot do without. */
export const wishFor = (provider: AnyProvider, body: CancelBody, { keyName }: Caller): WishInput => {
  const rules = provider.scopes[body.scope];
  if (rules === undefined) {
    throw invalidField(
      'scope',
      `must be one of ${Object.keys(provider.scopes).join(', ')} at ${provider.title}`,
    );
  }
  if (rules.reasonRequired && body.reason === undefined) {
    throw invalidField('reason', `is required by ${provider.title}`);
  }
  if (!provider.acceptsRemoteData && body.remote_data !== undefined) {
    throw invalidField('remote_data', `has no use at ${provider.title}`);
  }
  return {
    scope: body.scope,
    rules,
    reason: body.reason ?? null,
    remoteData: body.remote_data ?? null,
    requestedBy: keyName,
  };
};

/** @throws Problem when the id is of a kind that this provider does not take. */
export const checkRequestId = ({ requestIds }: AnyProvider, providerRequestId: string): void => {
  if (requestIds !== undefined && !requestIds.pattern.test(providerRequestId)) {
    throw invalidField('provider_request_id', requestIds.message);
  }
};

/** The provider of something stored. @throws Error when it is no longer registered: a deployment lost it. */
export const providerOf = ({ provider: name }: { readonly provider: string }): AnyProvider => {
  const provider = providerNamed(name);
  if (provider === null) throw new Error(`the provider ${name} is not registered`);
  return provider;
};
