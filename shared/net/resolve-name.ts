/**
 * The addresses of a name that a client gave us, asked of the name servers themselves: the system's look-up cannot be cut
 * short and runs on a few threads, so names that nobody answers for would keep this process' other calls waiting. Names in
 * a hosts file are not found.
 */
import { Resolver } from 'node:dns/promises';

export type Resolve = (name: string) => Promise<readonly string[]>;

interface Asking {
  /** Of the first try; later ones wait longer. */
  readonly tryMs: number;
  readonly tries: number;
  /** `address:port`; left out, those that the system is set to. */
  readonly servers?: readonly string[];
}

/** Finds none where the name has no address, or nobody tells one in time. */
export const nameResolver =
  ({ tryMs, tries, servers }: Asking): Resolve =>
  async (name) => {
    // (documented) RFC 6761, section 6.3: never a matter of name servers.
    if (/(^|\.)localhost\.?$/i.test(name)) return ['127.0.0.1', '::1'];
    const resolver = new Resolver({ timeout: tryMs, tries });
    if (servers !== undefined) resolver.setServers(servers);
    const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  };

export const resolveName = nameResolver({ tryMs: 1_500, tries: 3 });
