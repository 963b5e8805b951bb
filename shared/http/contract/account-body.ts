/** The body that creates or replaces an account: one form for each provider, by that provider's own schemas. */
import * as z from 'zod/mini';
import { providerNames, providers } from '../../providers/registry.ts';

const fields = z.record(z.string(), z.unknown());

const formOf = (name: (typeof providerNames)[number]) =>
  z.strictObject({
    provider: z.literal(name),
    credentials: z.pipe(providers[name].credentials, fields),
    options: z.prefault(z.pipe(providers[name].options, fields), {}),
  });

const [first, ...others] = providerNames.map(formOf);
if (first === undefined) throw new Error('no provider is registered');

export const putAccountBody = z.discriminatedUnion('provider', [first, ...others]);
export type PutAccountBody = z.output<typeof putAccountBody>;
