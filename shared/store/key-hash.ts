/** What the store keeps instead of an API key. Keys are long and random, so no salt and no slow hash is needed. */
import { createHash } from 'node:crypto';

export const hashKey = (key: string): string => createHash('sha256').update(key).digest('hex');
