/** `GET /v1/providers`: what can be done where. */
import type { Response } from '../../shared/http/exchange.ts';
import { viewProvider } from '../../shared/http/provider-view.ts';
import { providerNames, providers } from '../../shared/providers/registry.ts';

export const listProviders = async (): Promise<Response> => {
  const items = providerNames.map((name) => viewProvider(name, providers[name]));
  return { status: 200, body: { items, next_cursor: null } };
};
