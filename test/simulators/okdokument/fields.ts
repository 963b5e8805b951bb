/** The fields of a JSON body. */
import { type Call, parseJson } from '../answer.ts';

export type Fields = Readonly<Record<string, unknown>>;

export const fieldsIn = ({ body }: Call): Fields => {
  const parsed = parseJson(body);
  return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
};

export const textIn = (fields: Fields, name: string): string | null => {
  const value = fields[name];
  return typeof value === 'string' ? value : null;
};
