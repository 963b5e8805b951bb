/** A body for each provider that creates a request at its simulator, and the account's options that it takes. */
import type { ProviderName } from '../../../shared/providers/registry.ts';

export interface CreationExample {
  readonly body: Readonly<Record<string, unknown>>;
  readonly options: Readonly<Record<string, unknown>>;
  /** Whether a creation of unknown outcome can be found again. */
  readonly isFound: boolean;
}

const signers = [{ name: 'Ann Signer', email: 'ann@signer.example' }];

/** @param fileUrl a PDF that the provider, or dispatch, can fetch */
export const creationExamples = (fileUrl: string): Readonly<Record<ProviderName, CreationExample>> => ({
  'dropbox-sign': {
    body: { name: 'NDA', signers, source_files: [{ url: fileUrl }] },
    options: {},
    isFound: true,
  },
  okdokument: {
    body: { name: 'NDA', signers, source_files: [{ url: fileUrl }] },
    options: {},
    isFound: true,
  },
  'box-sign': {
    body: {
      name: 'NDA',
      signers,
      source_files: [{ type: 'file', id: '123456789' }],
      parent_folder: { type: 'folder', id: '987654321' },
    },
    options: {},
    isFound: true,
  },
  ironclad: {
    body: { signers, template_id: '68f0000000000000000000a1' },
    options: { external_id_attribute: 'rescindId' },
    isFound: true,
  },
  truto: {
    body: { signers, template_id: '68f0000000000000000000a1' },
    options: { external_id_attribute: 'rescindId' },
    isFound: true,
  },
});
