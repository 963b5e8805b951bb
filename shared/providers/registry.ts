/** The providers. Adding one is adding its folder and one line here. */
import { boxSign } from './box-sign/provider.ts';
import type { AnyProvider } from './define-provider.ts';
import { dropboxSign } from './dropbox-sign/provider.ts';
import { ironclad } from './ironclad/provider.ts';
import { okdokument } from './okdokument/provider.ts';
import { truto } from './truto/provider.ts';

export const providers = {
  'dropbox-sign': dropboxSign,
  okdokument,
  'box-sign': boxSign,
  ironclad,
  truto,
} as const satisfies Record<string, AnyProvider>;

export type ProviderName = keyof typeof providers;
export const providerNames = Object.keys(providers) as readonly ProviderName[];

/** The settings that override providers' addresses. */
export const addressSettings: readonly string[] = Object.values(providers).flatMap(
  ({ baseUrlSetting, token }) => [baseUrlSetting, ...(token ? [token.tokenUrlSetting] : [])],
);

export const isProviderName = (name: string): name is ProviderName => Object.hasOwn(providers, name);

export const providerNamed = (name: string): AnyProvider | null =>
  isProviderName(name) ? providers[name] : null;
