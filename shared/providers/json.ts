/** Reads JSON that somebody else wrote: what does not fit is null, and nothing is thrown. */
import type * as z from 'zod/mini';

export const readJson = <T>(schema: z.ZodMiniType<T>, text: string | null): T | null => {
  if (text === null) return null;
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
};
