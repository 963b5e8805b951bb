/** HTTP servers of this stack: on 127.0.0.1 only, and closed without waiting for idle or stuck clients. */
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** @returns the port. @throws Error `port N is already in use` in these words. */
export const listenOnLoopback = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new Error(`port ${port} is already in use`) : error);
    });
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });

export const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

/**
 * Reads to the end even what is too large, and throws that away: a client that is cut off while it sends
 * would never see the answer.
 * @param limit in bytes
 */
export const readBody = (request: IncomingMessage, limit: number): Promise<Buffer | 'too-large' | 'gone'> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else chunks.length = 0;
    });
    request.on('end', () => resolve(size <= limit ? Buffer.concat(chunks) : 'too-large'));
    request.on('error', () => resolve('gone'));
    request.on('close', () => resolve('gone'));
  });
