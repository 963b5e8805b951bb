/** Says what of a wanted signature request its provider has nothing for: each field by its name, none dropped in silence. */
import { type CreationField, creationFields, type NewRequest } from '../http/contract/creation.ts';
import type { FieldError } from '../http/problem.ts';
import type { CreationRules } from './creation.ts';
import type { AnyProvider } from './define-provider.ts';

/** @returns all that stands in the way of creating it there; empty when nothing does */
export const refusedFields = (
  { title, creation }: Pick<AnyProvider, 'title' | 'creation'>,
  wanted: NewRequest,
  options: unknown,
): readonly FieldError[] => {
  const unsupported = creationFields
    .filter((field) => creation.fields[field].kind === 'refused')
    .flatMap((field) => placesOf(field, wanted))
    .map((field) => ({ field, message: `${title} has nothing for this` }));
  return [...unsupported, ...tooMany(title, creation, wanted), ...creation.check(wanted, options)];
};

/** Where a body has this field, as dotted paths. A field that is null is not wanted. */
const placesOf = (field: CreationField, wanted: NewRequest): readonly string[] => {
  const [list, name] = field.split('[].');
  if (name === undefined) return isGiven(wanted, field) ? [field] : [];
  const entries: readonly object[] = (list === 'signers' ? wanted.signers : wanted.source_files) ?? [];
  return entries.flatMap((entry, index) => (isGiven(entry, name) ? [`${list}.${index}.${name}`] : []));
};

const isGiven = (holder: object, name: string): boolean => {
  const value: unknown = Object.entries(holder).find(([key]) => key === name)?.[1];
  return value !== undefined && value !== null;
};

const tooMany = (
  title: string,
  { mostSigners, mostSourceFiles }: Pick<CreationRules<unknown>, 'mostSigners' | 'mostSourceFiles'>,
  { signers, source_files }: NewRequest,
): readonly FieldError[] => [
  ...(signers.length > mostSigners
    ? [{ field: 'signers', message: `${title} takes at most ${mostSigners}` }]
    : []),
  ...((source_files?.length ?? 0) > mostSourceFiles && mostSourceFiles > 0
    ? [{ field: 'source_files', message: `${title} takes at most ${mostSourceFiles}` }]
    : []),
];
