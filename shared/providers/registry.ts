/** The providers. Adding one is adding its folder and one line here. */
import type { AnyProvider } from './define-provider.ts';
import { dropboxSign } from './dropbox-sign/provider.ts';
import { okdokument } from './okdokument/provider.ts';

export const providers = {
  'dropbox-sign': dropboxSign,
  okdokument,
} as const satisfies Record<string, AnyProvider>;

export type ProviderName = keyof typeof providers;
export const providerNames = Object.keys(providers) as readonly ProviderName[];

export const isProviderName = (name: string): name is ProviderName => Object.hasOwn(providers, name);

export const providerNamed = (name: string): AnyProvider | null =>
  isProviderName(name) ? providers[name] : null;
