/** What is anywhere within a value, and the value with something else in its place. */

/** Every path to a value within. */
export const pathsIn = (value: unknown): readonly (readonly string[])[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([name, member]) => [
        [name],
        ...pathsIn(member).map((path) => [name, ...path]),
      ]);

export const withValue = (value: unknown, [name, ...rest]: readonly string[], given: unknown): unknown => {
  if (name === undefined) return given;
  if (typeof value !== 'object' || value === null) return value;
  const member: unknown = Reflect.get(value, name);
  const changed = withValue(member, rest, given);
  return Array.isArray(value) ? value.with(Number(name), changed) : { ...value, [name]: changed };
};
