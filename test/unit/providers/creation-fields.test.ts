/** What each provider declares of each field of the body is what its adapter does; docs/creation-fields.md is rendered from it. */
import { describe, expect, test } from 'vitest';
import type { RequestId } from '../../../shared/domain/ids.ts';
import {
  type CreationField,
  createRequestBody,
  creationFields,
} from '../../../shared/http/contract/creation.ts';
import type { CreationTarget, FieldSupport } from '../../../shared/providers/creation.ts';
import type { AnyProvider } from '../../../shared/providers/define-provider.ts';
import { refusedFields } from '../../../shared/providers/refused-fields.ts';
import { type ProviderName, providerNames, providers } from '../../../shared/providers/registry.ts';
import { exampleSign } from '../../../shared/providers/template/provider.ts';
import { now } from './answers.ts';
import { type Accepted, acceptedAt } from './creation-bodies.ts';

const cell = (support: FieldSupport): string => {
  if (support.kind === 'sent') return `\`${support.as}\``;
  return support.kind === 'kept' ? `kept: ${support.use}` : '–';
};
const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

test('docs/creation-fields.md shows the declarations', async () => {
  const all: readonly AnyProvider[] = Object.values(providers);
  const rows = creationFields.map((field) =>
    line([`\`${field}\``, ...all.map(({ creation }) => cell(creation.fields[field]))]),
  );
  const limits = line(['signers', ...all.map(({ creation }) => String(creation.mostSigners))]);
  const files = line(['files', ...all.map(({ creation }) => String(creation.mostSourceFiles))]);
  const head = [line(['field', ...all.map(({ title }) => title)]), line(['---', ...all.map(() => '---')])];
  const table = [...head, ...rows].join('\n');
  const most = [line(['at most', ...all.map(({ title }) => title)]), head[1], limits, files].join('\n');
  await expect(`${heading}\n${table}\n\n${most}\n`).toMatchFileSnapshot('../../../docs/creation-fields.md');
});

const heading = `# The fields of a signature request

What becomes of each field of \`POST /v1/signature_requests\` at each provider, rendered from the declarations in
\`shared/providers/*/fields.ts\` by \`test/unit/providers/creation-fields.test.ts\`
(\`npx vitest run --project unit -u\` writes it anew). \`GET /v1/providers\` answers the same.

A name is the provider's own, under which the field is sent. *kept*: the provider has nothing for it, Rescind uses it
itself. A dash: a body that has the field is refused with 400, by the field's name. Null and absent are the same: not
wanted. What the fields alone cannot say (which of them go together, lengths, what an account's options must name) is on
each provider's page.
`;

const target = (body: object, files: CreationTarget['files']): CreationTarget => ({
  id: 'sr_0123456789abcdef0123456789abcdef' as RequestId,
  wanted: createRequestBody.parse({ account_id: 'a', ...body }),
  files,
  webhookUrl: 'https://rescind.example/webhooks/token',
  idempotencyKey: 'once',
  now,
});

/** The body with the field changed wherever it is; null where it does not have it. */
const changed = (body: object, field: CreationField): object | null => {
  const [list, name] = field.split('[].');
  const copy = JSON.parse(JSON.stringify(body));
  const holders: Record<string, unknown>[] = name === undefined ? [copy] : (copy[list ?? ''] ?? []);
  const key = name ?? field;
  const having = holders.filter((holder) => holder[key] !== undefined);
  for (const holder of having) holder[key] = otherThan(key, holder[key]);
  return having.length > 0 ? copy : null;
};

/** Most fields need only go. */
const otherThan = (key: string, value: unknown): unknown => {
  if (key === 'role') return value === 'signer' ? 'final_copy_reader' : 'signer';
  if (key === 'id' || key === 'url') return `${value}9`;
  return undefined;
};

describe.each([
  ...providerNames.map((name): [ProviderName | 'example-sign', AnyProvider] => [name, providers[name]]),
  ['example-sign', exampleSign],
] as const)('%s', (name, provider) => {
  const { credentials, options, bodies }: Accepted = acceptedAt[name];
  const fields = (kind: FieldSupport['kind']) =>
    creationFields.filter((field) => provider.creation.fields[field].kind === kind);
  const built = (body: object, files: CreationTarget['files'] = []): string => {
    const connection = { baseUrl: 'https://x.example', credentials, options, accessToken: null };
    return JSON.stringify(provider.create.request(target(body, files), connection));
  };
  const differs = (field: CreationField): readonly boolean[] =>
    bodies.flatMap(({ body, files }) => {
      const other = changed(body, field);
      return other === null ? [] : [built(other, files) !== built(body, files)];
    });

  test('the bodies below are taken, and what they make is the same each time', () => {
    for (const { body, files } of bodies) {
      expect(refusedFields(provider, target(body, []).wanted, options)).toEqual([]);
      expect(built(body, files)).toBe(built(body, files));
    }
  });

  // The bytes behind a URL go where it is fetched, not the URL.
  const isFetched = (field: CreationField) =>
    field === 'source_files[].url' && provider.fetchesFiles !== undefined;
  test.each(fields('sent').filter((field) => !isFetched(field)))('%s is really sent', (field) => {
    expect(differs(field)).toContain(true);
  });

  test.each(fields('kept'))('%s is kept here', (field) => {
    expect(differs(field)).not.toContain(true);
  });

  test('the bytes of a file are sent where they are fetched', () => {
    const fetching = bodies.find(({ files }) => files !== undefined);
    expect(fetching !== undefined).toBe(provider.fetchesFiles !== undefined);
    if (fetching === undefined) return;
    expect(built(fetching.body, [{ name: 'x.pdf', bytes: Buffer.from('other') }])).not.toBe(
      built(fetching.body, fetching.files),
    );
  });

  test.each(fields('refused'))('%s is refused by its name', (field) => {
    const [list, part] = field.split('[].');
    const whole = field === 'source_files' ? [{ id: 'x' }] : 'x';
    const value = part === undefined ? { [field]: whole } : { [list ?? '']: [{ [part]: 'x' }] };
    const wanted = { ...target(bodies[0]?.body ?? {}, []).wanted, ...value };
    const named = part === undefined ? field : `${list}.0.${part}`;
    expect(refusedFields(provider, wanted, options).map((error) => error.field)).toContain(named);
  });
});
