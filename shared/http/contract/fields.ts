/** The fields that more than one call takes, each with its one schema. */
import * as z from 'zod/mini';
import { type SignerId, signerIdPattern } from '../../domain/details.ts';
import {
  type AccountId,
  namePattern,
  type ProviderRequestId,
  providerRequestIdPattern,
} from '../../domain/ids.ts';

const longestReason = 1_000;

export const accountId = z.pipe(
  z.string().check(z.regex(namePattern)),
  z.transform((text) => text as AccountId),
);

export const providerRequestId = z.pipe(
  z.string().check(z.regex(providerRequestIdPattern)),
  z.transform((text) => text as ProviderRequestId),
);

export const signerId = z.pipe(
  z.string().check(z.regex(signerIdPattern)),
  z.transform((text) => text as SignerId),
);

/** Counted in characters, not in UTF-16 units: an emoji is one. */
export const reason = z.string().check(
  z.minLength(1),
  z.refine((text) => [...text].length <= longestReason, `must be at most ${longestReason} characters long`),
);

/** What a unified API must be told besides; passed on as it is. */
export const remoteData = z.record(z.string(), z.unknown());
