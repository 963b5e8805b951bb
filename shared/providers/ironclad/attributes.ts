/**
 * A workflow is made of the attributes of its template's launch form: which of them hold what a client wants, and how
 * a workflow is known again by one. The same for Ironclad itself and for Truto before it.
 */
import * as z from 'zod/mini';
import { type RequestId, requestIdPattern } from '../../domain/ids.ts';
import type { NewRequest } from '../../http/contract/creation.ts';

/** Goes into the fragment of a URL that is read, see `../url-notes.ts`. */
const attributeId = z
  .string()
  .check(z.regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/, 'must be the id of an attribute of the launch form'));

/** Each template has its own; the account's options name those that all of the account's templates share. */
export const attributeOptions = {
  signer_name_attribute: z.optional(attributeId),
  signer_email_attribute: z.optional(attributeId),
  name_attribute: z.optional(attributeId),
  external_id_attribute: z.optional(attributeId),
};
export interface AttributeOptions {
  readonly signer_name_attribute?: string | undefined;
  readonly signer_email_attribute?: string | undefined;
  readonly name_attribute?: string | undefined;
  readonly external_id_attribute?: string | undefined;
}

/** (assumed): usual ids of a counterparty's signer; a template may have others. */
const usual = { name: 'counterpartySignerName', email: 'counterpartySignerEmail' };

export interface Filled {
  /** The field of the body, as a dotted path. */
  readonly field: string;
  readonly attribute: string;
  readonly value: string | boolean;
}

/** @param id ours: it fills the attribute of the external id where the client has none. Null: not known yet. */
export const filledAttributes = (
  wanted: NewRequest,
  options: AttributeOptions,
  id: RequestId | null,
): readonly Filled[] => {
  const { name_attribute, external_id_attribute } = options;
  const [signer] = wanted.signers;
  const fill = (
    field: string,
    attribute: string | undefined,
    value: string | boolean | null | undefined,
  ): readonly Filled[] =>
    attribute === undefined || value === null || value === undefined ? [] : [{ field, attribute, value }];
  return [
    ...fill('signers.0.name', options.signer_name_attribute ?? usual.name, signer?.name),
    ...fill('signers.0.email', options.signer_email_attribute ?? usual.email, signer?.email),
    ...fill('name', name_attribute, wanted.name),
    ...fill('external_id', external_id_attribute, wanted.external_id ?? id ?? ''),
    ...(wanted.prefill_tags ?? []).flatMap((tag, at) =>
      fill(
        `prefill_tags.${at}.document_tag_id`,
        tag.document_tag_id,
        tag.text_value ?? tag.checkbox_value ?? tag.date_value,
      ),
    ),
  ];
};

/** The attributes as a create call has them. */
export const attributesOf = (
  wanted: NewRequest,
  options: AttributeOptions,
  id: RequestId,
): Readonly<Record<string, string | boolean>> =>
  Object.fromEntries(filledAttributes(wanted, options, id).map(({ attribute, value }) => [attribute, value]));

/** What a workflow has in an attribute; null where that is no text. */
export const attributeOf = (attributes: unknown, id: string | null): string | null => {
  if (typeof attributes !== 'object' || attributes === null || id === null) return null;
  const value: unknown = Object.getOwnPropertyDescriptor(attributes, id)?.value;
  return typeof value === 'string' ? value : null;
};

/** The client's external id; our own is none. */
export const externalIdIn = (attributes: unknown, id: string | null): { readonly externalId?: string } => {
  const externalId = attributeOf(attributes, id);
  if (externalId === null || externalId === '' || requestIdPattern.test(externalId)) return {};
  return { externalId: externalId.slice(0, 255) };
};
