/** API keys are kept sealed: a simulated provider must know them to sign callbacks, and no file shows them in plain text. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Seal {
  seal(text: string): string;
  open(sealed: string): string;
}

/** The sealing key lives in `dataDir`, readable by its owner alone; without a directory, in memory. */
export const openSeal = (dataDir: string | null): Seal => {
  const key = sealingKey(dataDir);
  return {
    seal(text) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
    },
    open(sealed) {
      const bytes = Buffer.from(sealed, 'base64');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
      decipher.setAuthTag(bytes.subarray(12, 28));
      return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
    },
  };
};

const sealingKey = (dataDir: string | null): Buffer => {
  if (dataDir === null) return randomBytes(32);
  const path = join(dataDir, 'seal.key');
  if (existsSync(path)) return readFileSync(path);
  mkdirSync(dataDir, { recursive: true });
  const key = randomBytes(32);
  writeFileSync(path, key, { mode: 0o600 });
  return key;
};
