/** Bodies that each provider takes, with every field between them that it does not refuse. */
import type { FetchedFile } from '../../../shared/providers/creation.ts';
import type { ProviderName } from '../../../shared/providers/registry.ts';
import { everyField } from '../../integration/providers/box-sign-examples.ts';

export interface Accepted {
  readonly credentials: object;
  readonly options: object;
  /** `files`: the bytes of its files, for a provider that wants them. */
  readonly bodies: readonly { readonly body: object; readonly files?: readonly FetchedFile[] }[];
}

const [first, ...others] = everyField.signers;
const ann = { email: 'ann@signer.example', name: 'Ann' };
const pdf = { name: 'nda.pdf', bytes: Buffer.from('%PDF-1.7') };

const ofTemplate: readonly { readonly body: object }[] = [
  {
    body: {
      name: 'NDA',
      signers: [{ ...ann, role: 'signer' }],
      template_id: 'template-1',
      external_id: 'env-42',
      prefill_tags: [{ document_tag_id: 'customField', text_value: 'text' }],
    },
  },
];
const attributes = { name_attribute: 'workflowName', external_id_attribute: 'externalId' };

export const acceptedAt: Readonly<Record<ProviderName | 'example-sign', Accepted>> = {
  'box-sign': {
    credentials: { access_token: 't' },
    options: {},
    bodies: [{ body: { ...everyField, signers: [{ ...first, name: 'Ann' }, ...others] } }],
  },
  'dropbox-sign': {
    credentials: { api_key: 'k' },
    options: {},
    bodies: [
      {
        body: {
          name: 'NDA',
          signers: [
            {
              ...ann,
              role: 'signer',
              order: 2,
              verification_phone_number: '+421905123456',
              password: 'secret-1',
            },
            { email: 'bo@signer.example', name: 'Bo', order: 1 },
            { email: 'cy@signer.example', name: 'Cy', role: 'final_copy_reader' },
          ],
          source_files: [{ url: 'https://files.example/nda.pdf' }],
          email_subject: 'Please sign',
          email_message: 'Here it is',
          are_text_signatures_enabled: false,
          days_valid: 30,
          redirect_url: 'https://client.example/done',
          external_id: 'env-42',
          external_system_name: 'client',
        },
      },
    ],
  },
  okdokument: {
    credentials: { api_key: 'k' },
    options: {},
    bodies: [
      {
        body: {
          name: 'NDA',
          signers: [{ ...ann, role: 'signer' }],
          source_files: [{ url: 'https://files.example/nda.pdf' }],
          days_valid: 2,
          redirect_url: 'https://client.example/done',
          external_id: 'env-42',
        },
        files: [pdf],
      },
      { body: { signers: [{ ...ann, role: 'signer' }], source_files: [{ id: 'document-1' }] } },
    ],
  },
  ironclad: { credentials: { access_token: 't' }, options: attributes, bodies: ofTemplate },
  truto: {
    credentials: { api_token: 't', integrated_account_id: 'i' },
    options: attributes,
    bodies: ofTemplate,
  },
  'example-sign': {
    credentials: { api_key: 'k' },
    options: {},
    bodies: [
      {
        body: {
          name: 'NDA',
          signers: [{ ...ann, role: 'signer', order: 1 }],
          source_files: [{ url: 'https://files.example/nda.pdf' }],
          email_message: 'Here it is',
          days_valid: 2,
          redirect_url: 'https://client.example/done',
          external_id: 'env-42',
        },
      },
    ],
  },
};
