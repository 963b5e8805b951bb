/** Finds secrets in plain text. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** @returns the paths of the files below `directory`, its own `secrets` left out, with a secret or its base64 in them */
export const filesHolding = (secrets: ReadonlySet<string>, directory: string): readonly string[] => {
  const needles = [...secrets].flatMap((secret) => [
    Buffer.from(secret),
    // HTTP Basic, as a header would show it.
    Buffer.from(Buffer.from(`${secret}:`).toString('base64')),
  ]);
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !relative(directory, path).startsWith('secrets/'))
    .filter((path) => {
      const bytes = readFileSync(path);
      return needles.some((needle) => bytes.includes(needle));
    });
};
