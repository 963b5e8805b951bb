/** What Box publishes as bodies creates requests there, and elsewhere each field of it is mapped or refused by name. */
import { beforeAll, describe, expect, test } from 'vitest';
import {
  createRequestBody,
  creationFields,
  type NewRequest,
} from '../../../shared/http/contract/creation.ts';
import { boxSign } from '../../../shared/providers/box-sign/provider.ts';
import type { AnyProvider } from '../../../shared/providers/define-provider.ts';
import { refusedFields } from '../../../shared/providers/refused-fields.ts';
import { providers } from '../../../shared/providers/registry.ts';
import { everyField, sampleCall } from './box-sign-examples.ts';
import { boxSignStage } from './box-sign-stage.ts';
import { type Creator, creatorOf } from './creating.ts';

const published = [
  ['the sample call', sampleCall],
  ['every field of the schema', everyField],
] as const;

const parsed = (body: object): NewRequest => createRequestBody.parse({ account_id: 'box', ...body });

describe('at Box Sign', () => {
  const stage = boxSignStage();
  let creator: Creator;
  beforeAll(() => {
    const baseUrl = stage().baseUrls.BOX_BASE_URL;
    creator = creatorOf(boxSign, { baseUrl, credentials: { access_token: '111' } });
  });

  test.each(published)('%s creates a request, and is what it shows then', async (_, body) => {
    expect(refusedFields(boxSign, parsed(body), {})).toEqual([]);
    const answer = await creator.create(creator.target(body));
    expect(answer.kind).toBe('created');
    const id = answer.kind === 'created' ? answer.providerRequestId : '';
    const shown = await fetch(`${stage().baseUrls.BOX_BASE_URL}/sign_requests/${id}`, {
      headers: { authorization: 'Bearer 111' },
    });
    const { name, signers, source_files, parent_folder, ...plain } = { name: undefined, ...body };
    expect(await shown.json()).toMatchObject({
      ...plain,
      ...(name !== undefined && { name: `${name}.pdf` }),
      source_files: source_files.map(({ id: file }) => ({ id: file, type: 'file' })),
      parent_folder: { id: parent_folder.id, type: 'folder' },
      // The sender comes first; of a password and of a group's own name nothing is shown.
      signers: [
        { role: 'final_copy_reader' },
        ...signers.map(({ email, ...rest }) => {
          const { password: _password, signer_group_id: _group, ...fields } = { ...unset, ...rest };
          return { email, ...fields };
        }),
      ],
    });
  });
});

const unset = { password: undefined, signer_group_id: undefined };

describe.each(Object.values<AnyProvider>(providers).map((provider) => [provider.name, provider] as const))(
  'at %s',
  (_, provider) => {
    test.each(published)('%s: each field is sent, kept for a use, or refused by its name', (_, body) => {
      const wanted = parsed(body);
      const named = new Set(refusedFields(provider, wanted, {}).map(({ field }) => field));
      for (const field of creationFields) {
        for (const place of placesOf(field, wanted)) {
          const support = provider.creation.fields[field];
          if (support.kind === 'refused') expect(named).toContain(place);
          else expect(support.kind === 'sent' ? support.as : support.use).not.toBe('');
        }
      }
    });
  },
);

/** `signers[].role` is at `signers.0.role` and `signers.1.role`. */
const placesOf = (field: string, wanted: NewRequest): readonly string[] => {
  const [list = '', name] = field.split('[].');
  const top = new Map<string, unknown>(Object.entries(wanted));
  if (name === undefined) return top.has(field) ? [field] : [];
  const entries = list === 'signers' ? wanted.signers : (wanted.source_files ?? []);
  return entries.flatMap((entry, at) => (Object.hasOwn(entry, name) ? [`${list}.${at}.${name}`] : []));
};
