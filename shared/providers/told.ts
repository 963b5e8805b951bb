/** Parts of what a provider tells of a request beside its status. Whatever does not fit is left out: the status never hangs on it. */
import * as z from 'zod/mini';
import type { Instant } from '../domain/ids.ts';

/** A field that does not fit counts as the fallback. Not zod's own `catch`: all its inner tools would come with it. */
export const otherwise = <T>(schema: z.ZodMiniType<T>, fallback: T) =>
  z.pipe(
    z.optional(z.unknown()),
    z.transform((value) => {
      const parsed = schema.safeParse(value);
      return parsed.success ? parsed.data : fallback;
    }),
  );

/** A field that is null, absent or of another form tells nothing. */
export const perhaps = <T>(schema: z.ZodMiniType<T>) => otherwise(z.optional(schema), undefined);

export const text = z.string().check(z.minLength(1), z.maxLength(2_000));

/** A time as a date in words, such as RFC 3339, up to the year 9999: what lies beyond could not be shown as one. */
export const time = z.pipe(
  z.string(),
  z.pipe(
    z.transform((written: string) => Date.parse(written) as Instant),
    z.custom<Instant>((at) => Number(at) > 0 && Number(at) < 253_402_300_800_000),
  ),
);

/** Signers are sent there: a web page, never a script. */
export const page = text.check(z.refine((url) => /^https?:\/\//i.test(url) && URL.canParse(url)));
