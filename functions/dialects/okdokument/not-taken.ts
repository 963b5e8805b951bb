/** A documented field that nothing here is the counterpart of: refused with a word on what to do, unless it is null. */
import * as z from 'zod/mini';

export const notTaken = (message: string) =>
  z.optional(z.unknown().check(z.refine((value) => value === undefined || value === null, message)));

/** Where OKdokument is to report to. */
export const callbackNotTaken = notTaken(
  'is set by Rescind: have events sent to your app instead (PUT /v1/webhook_endpoints)',
);
