/** Switches: named behaviours of a simulated provider, set for all requests or for one. */
import * as z from 'zod/mini';

export interface Switch<T> {
  readonly schema: z.ZodMiniType<T>;
  readonly default: T;
  /** What may be set, in words. */
  readonly values: string;
  readonly meaning: string;
}
export type SwitchTable = Readonly<Record<string, Switch<string> | Switch<number>>>;
export type SwitchValue = string | number;
export type ValueOf<S extends SwitchTable, N extends keyof S> = S[N] extends Switch<infer T> ? T : never;

export const oneOf = <const T extends readonly [string, ...string[]]>(
  values: T,
  meaning: string,
): Switch<T[number]> => ({ schema: z.enum(values), default: values[0], values: values.join(' | '), meaning });

/** A number that is not negative: milliseconds, counts or factors. */
export const amount = (value: number, meaning: string): Switch<number> => ({
  schema: z.number().check(z.minimum(0), z.maximum(1e9)),
  default: value,
  values: 'a number',
  meaning,
});

/** Null, or what is wrong with the first value that does not fit. */
export const faultInSwitches = (
  table: SwitchTable,
  values: Readonly<Record<string, unknown>>,
): string | null => {
  for (const [name, value] of Object.entries(values)) {
    const known = Object.hasOwn(table, name) ? table[name] : undefined;
    if (known === undefined) return `no switch ${name}; there are ${Object.keys(table).join(', ')}`;
    if (!known.schema.safeParse(value).success) return `${name}: must be ${known.values}`;
  }
  return null;
};
