/** What the simulated Box Sign takes in `POST /sign_requests`: as published, with the rules that its prose adds. */
import * as z from 'zod/mini';
import type { World } from '../world.ts';
import type { switches } from './switches.ts';

const text = z.nullish(z.string());
const flag = z.nullish(z.boolean());

const signer = z.object({
  email: text,
  role: z._default(z.enum(['signer', 'approver', 'final_copy_reader']), 'signer'),
  is_in_person: z.optional(z.boolean()),
  order: z.optional(z.int().check(z.minimum(0))),
  embed_url_external_user_id: text,
  redirect_url: text,
  declined_redirect_url: text,
  login_required: flag,
  verification_phone_number: text,
  password: text,
  signer_group_id: text,
  suppress_notifications: flag,
  language: text,
});
export type CreateSigner = z.output<typeof signer>;

const prefillTag = z.object({
  document_tag_id: text,
  text_value: text,
  checkbox_value: flag,
  date_value: z.nullish(z.iso.date()),
});

const createBody = z.object({
  signers: z.array(signer).check(z.minLength(1), z.maxLength(35)),
  source_files: z.nullish(
    z.array(z.object({ id: z.string(), type: z.literal('file') })).check(z.maxLength(10)),
  ),
  parent_folder: z.optional(z.object({ id: z.string(), type: z.literal('folder') })),
  signature_color: z.nullish(z.enum(['blue', 'black', 'red'])),
  is_document_preparation_needed: z.optional(z.boolean()),
  redirect_url: text,
  declined_redirect_url: text,
  are_text_signatures_enabled: z.optional(z.boolean()),
  email_subject: text,
  email_message: text,
  are_reminders_enabled: z.optional(z.boolean()),
  name: z.optional(z.string()),
  prefill_tags: z.optional(z.array(prefillTag)),
  days_valid: z.nullish(z.int().check(z.minimum(0), z.maximum(730))),
  external_id: text,
  external_system_name: text,
  template_id: text,
  request_flow: z.nullish(z.enum(['standard', 'cfr11'])),
});
type ParsedBody = z.output<typeof createBody>;
export type CreateBody = Partial<ParsedBody>;

/** What is wrong with it: the field and the words that `context_info` has. */
export interface Fault {
  readonly name: string;
  readonly message: string;
}

export const parseCreateBody = (
  world: World<typeof switches>,
  given: unknown,
): { readonly body: ParsedBody } | { readonly fault: Fault } => {
  const parsed = createBody.safeParse(given);
  if (!parsed.success) {
    const name = parsed.error.issues[0]?.path.map(String).join('.') || 'body';
    return { fault: { name, message: 'Invalid value' } };
  }
  const fault = faultIn(parsed.data) ?? flowFault(world, parsed.data);
  return fault === null ? { body: parsed.data } : { fault };
};

const faultIn = ({
  signers,
  source_files,
  template_id,
  parent_folder,
  prefill_tags,
}: ParsedBody): Fault | null => {
  if (!template_id && (source_files ?? []).length === 0) {
    return { name: 'source_files', message: 'Source files or a template are required' };
  }
  if (parent_folder?.id === '0') return { name: 'parent_folder', message: 'Root folder is not allowed' };
  if (!template_id && signers.some(({ email }) => !email)) {
    return { name: 'signers', message: 'Email is required' };
  }
  if (
    signers.some(
      ({ login_required, verification_phone_number }) => login_required && verification_phone_number,
    )
  ) {
    return { name: 'signers', message: 'Either login or phone verification' };
  }
  const several = prefill_tags?.some(
    ({ text_value, checkbox_value, date_value }) =>
      [text_value, checkbox_value, date_value].filter((value) => value !== undefined && value !== null)
        .length !== 1,
  );
  return several ? { name: 'prefill_tags', message: 'One value per tag' } : null;
};

const flowFault = (world: World<typeof switches>, { request_flow }: ParsedBody): Fault | null =>
  request_flow === 'cfr11' && world.value('cfr11_flow') === '400'
    ? { name: 'request_flow', message: 'Not supported by the API' }
    : null;
