/** The one body that creates a signature request at any provider: modelled on Box Sign's, whose body it is a superset of. */
import * as z from 'zod/mini';
import { signerRoles } from '../../domain/details.ts';
import { accountId } from './fields.ts';

export const creationLimits = {
  signers: 35,
  sourceFiles: 10,
  prefillTags: 100,
  daysValid: 730,
  name: 255,
  emailSubject: 255,
  emailMessage: 5_000,
} as const;

const text = (longest: number) => z.string().check(z.minLength(1), z.maxLength(longest));
const url = z.string().check(
  z.maxLength(2_000),
  z.refine((value) => /^https?:\/\//i.test(value) && URL.canParse(value), 'must be an http(s) URL'),
);
const objectId = z
  .string()
  .check(z.regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/, "must be an id of the provider's"));
const maybe = <T extends z.ZodMiniType>(schema: T) => z.nullish(schema);

/** What is asked of one signer. */
export const signerFields = {
  email: maybe(z.string().check(z.email(), z.maxLength(254))),
  name: maybe(text(255)),
  role: z._default(z.enum(signerRoles), 'signer'),
  order: maybe(z.int().check(z.minimum(0), z.maximum(1_000))),
  redirect_url: maybe(url),
  declined_redirect_url: maybe(url),
  verification_phone_number: maybe(text(40)),
  password: maybe(text(255)),
  language: maybe(
    z.string().check(z.regex(/^[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8})?$/, 'must be a language tag')),
  ),
  is_in_person: maybe(z.boolean()),
  login_required: maybe(z.boolean()),
  embed_url_external_user_id: maybe(text(255)),
  signer_group_id: maybe(text(255)),
  suppress_notifications: maybe(z.boolean()),
} as const;

/** By the provider's id of it, or by a URL. */
const sourceFile = z.union([
  z.strictObject({ id: objectId, type: z._default(z.literal('file'), 'file'), etag: maybe(text(100)) }),
  z.strictObject({ url, name: maybe(text(255)) }),
]);
export type SourceFile = z.output<typeof sourceFile>;

const prefillTag = z.strictObject({
  document_tag_id: text(255),
  text_value: maybe(z.string().check(z.maxLength(2_000))),
  checkbox_value: maybe(z.boolean()),
  date_value: maybe(z.iso.date()),
});

/** What is asked of the request as a whole. */
export const requestFields = {
  name: maybe(text(creationLimits.name)),
  source_files: maybe(z.array(sourceFile).check(z.minLength(1), z.maxLength(creationLimits.sourceFiles))),
  template_id: maybe(objectId),
  parent_folder: maybe(
    z.strictObject({
      id: objectId,
      type: z._default(z.literal('folder'), 'folder'),
      etag: maybe(text(100)),
      sequence_id: maybe(text(100)),
      name: maybe(text(255)),
    }),
  ),
  email_subject: maybe(text(creationLimits.emailSubject)),
  email_message: maybe(text(creationLimits.emailMessage)),
  are_reminders_enabled: maybe(z.boolean()),
  are_text_signatures_enabled: maybe(z.boolean()),
  signature_color: maybe(z.enum(['blue', 'black', 'red'])),
  is_document_preparation_needed: maybe(z.boolean()),
  prefill_tags: maybe(z.array(prefillTag).check(z.minLength(1), z.maxLength(creationLimits.prefillTags))),
  days_valid: maybe(z.int().check(z.minimum(0), z.maximum(creationLimits.daysValid))),
  redirect_url: maybe(url),
  declined_redirect_url: maybe(url),
  external_id: maybe(text(255)),
  external_system_name: maybe(text(255)),
  request_flow: maybe(z.enum(['standard', 'cfr11'])),
} as const;

export const createRequestBody = z.strictObject({
  account_id: accountId,
  signers: z.array(z.strictObject(signerFields)).check(z.minLength(1), z.maxLength(creationLimits.signers)),
  ...requestFields,
});
/** A signature request as a client wants it. Null and absent mean the same: not wanted. */
export type NewRequest = z.output<typeof createRequestBody>;
export type NewSigner = NewRequest['signers'][number];

/** Every field that a provider may or may not have: of the request, of each signer, and the two forms of a file. */
export type CreationField =
  | keyof typeof requestFields
  | `signers[].${keyof typeof signerFields}`
  | 'source_files[].id'
  | 'source_files[].url';

export const creationFields: readonly CreationField[] = [
  ...(Object.keys(signerFields) as (keyof typeof signerFields)[]).map((name) => `signers[].${name}` as const),
  ...(Object.keys(requestFields) as (keyof typeof requestFields)[]).flatMap((name) =>
    name === 'source_files' ? (['source_files', 'source_files[].id', 'source_files[].url'] as const) : [name],
  ),
];
