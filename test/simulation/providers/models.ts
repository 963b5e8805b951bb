/** The simulated providers by name: every provider of the registry has one. */
import type { ProviderName } from '../../../shared/providers/registry.ts';
import { boxSignModel } from './box-sign.ts';
import { dropboxSignModel } from './dropbox-sign.ts';
import { ironcladModel } from './ironclad.ts';
import { okdokumentModel } from './okdokument.ts';
import type { ProviderModel } from './site.ts';
import { trutoModel } from './truto.ts';

export const models: Readonly<Record<ProviderName, ProviderModel>> = {
  'dropbox-sign': dropboxSignModel,
  'box-sign': boxSignModel,
  okdokument: okdokumentModel,
  ironclad: ironcladModel,
  truto: trutoModel,
};

/** As a deployment would override them. */
export const addresses: Readonly<Record<string, string>> = {
  DROPBOX_SIGN_BASE_URL: dropboxSignModel.baseUrl,
  BOX_BASE_URL: boxSignModel.baseUrl,
  BOX_TOKEN_URL: `${boxSignModel.baseUrl}/oauth2/token`,
  IRONCLAD_BASE_URL: ironcladModel.baseUrl,
  IRONCLAD_TOKEN_URL: `${ironcladModel.baseUrl}/oauth/token`,
  OKDOKUMENT_BASE_URL: okdokumentModel.baseUrl,
  TRUTO_BASE_URL: trutoModel.baseUrl,
};
