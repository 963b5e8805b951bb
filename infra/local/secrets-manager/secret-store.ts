/** Secrets as files that only their owner can read, one a secret, each replaced as a whole: a crash leaves old or new. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';

const versionSchema = z.object({
  id: z.string(),
  stages: z.array(z.string()),
  /** Epoch seconds. */
  created: z.number(),
  secretString: z.optional(z.string()),
  /** Base64. */
  secretBinary: z.optional(z.string()),
});
export type SecretVersion = z.output<typeof versionSchema>;

const secretSchema = z.object({
  name: z.string(),
  arn: z.string(),
  description: z.optional(z.string()),
  created: z.number(),
  lastChanged: z.number(),
  /** When it was marked for deletion, and when it may go; epoch seconds. */
  deleted: z.nullable(z.object({ at: z.number(), dueAt: z.number() })),
  versions: z.array(versionSchema),
});
export type Secret = z.output<typeof secretSchema>;

export interface SecretStore {
  /** By name. */
  find(name: string): Secret | null;
  save(secret: Secret): void;
  remove(name: string): void;
  /** In the order of their names. */
  list(): readonly Secret[];
}

export const openSecretStore = (directory: string): SecretStore => {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  // A name may be longer than a file name can be, and holds slashes.
  const fileOf = (name: string) => join(directory, `${createHash('sha256').update(name).digest('hex')}.json`);
  const read = (file: string): Secret | null => {
    try {
      return secretSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
      throw error;
    }
  };
  return {
    find: (name) => read(fileOf(name)),
    save: (secret) => replaceFile(fileOf(secret.name), JSON.stringify(secret)),
    remove: (name) => {
      rmSync(fileOf(name), { force: true });
      flush(directory);
    },
    list: () =>
      readdirSync(directory)
        .filter((name) => name.endsWith('.json'))
        .map((name) => read(join(directory, name)))
        .filter((secret) => secret !== null)
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
};

const replaceFile = (file: string, text: string): void => {
  const draft = `${file}.draft`;
  const handle = openSync(draft, 'w', 0o600);
  writeSync(handle, text);
  fsyncSync(handle);
  closeSync(handle);
  renameSync(draft, file);
  flush(join(file, '..'));
};

/** The rename itself is durable only when the folder is. Windows cannot open a folder, and needs it not. */
const flush = (directory: string): void => {
  if (process.platform === 'win32') return;
  const handle = openSync(directory, 'r');
  fsyncSync(handle);
  closeSync(handle);
};
