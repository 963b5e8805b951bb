/** Serves bytes that change only with a deployment: with an ETag, and compressed for whoever takes that. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Response } from '../../shared/http/exchange.ts';

interface Asked {
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** @param load is called once, at the first request. */
export const staticFile = (
  type: string,
  load: () => Promise<Buffer>,
  extraHeaders: Readonly<Record<string, string>> = {},
) => {
  let prepared: Promise<Prepared> | undefined;
  return async ({ headers }: Asked): Promise<Response> => {
    prepared ??= prepare(load).catch((error: unknown) => {
      prepared = undefined;
      throw error;
    });
    const { plain, zipped, etag } = await prepared;
    const common = {
      'content-type': type,
      'cache-control': 'public, max-age=300',
      etag,
      vary: 'accept-encoding',
      ...extraHeaders,
    };
    if (matches(headers['if-none-match'], etag)) return { status: 304, headers: common };
    if (!takesGzip(headers['accept-encoding'])) return { status: 200, headers: common, body: plain };
    return { status: 200, headers: { ...common, 'content-encoding': 'gzip' }, body: zipped };
  };
};

interface Prepared {
  readonly plain: Buffer;
  readonly zipped: Buffer;
  /** Weak: one for both encodings. */
  readonly etag: string;
}

const prepare = async (load: () => Promise<Buffer>): Promise<Prepared> => {
  const plain = await load();
  const etag = `W/"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`;
  return { plain, zipped: await promisify(gzip)(plain), etag };
};

const matches = (ifNoneMatch = '', etag: string): boolean =>
  ifNoneMatch
    .split(',')
    .map((given) => given.trim())
    .some((given) => given === '*' || `W/${given.replace(/^W\//, '')}` === etag);

const takesGzip = (acceptEncoding = ''): boolean =>
  acceptEncoding
    .split(',')
    .some((coding) => /^\s*(gzip|\*)\s*(;\s*q=(1(\.0*)?|0\.\d*[1-9]\d*)\s*)?$/i.test(coding));
