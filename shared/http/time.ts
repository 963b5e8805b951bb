/** Times as the API shows them: UTC, RFC 3339. */
import type { Instant } from '../domain/ids.ts';

export const time = (instant: Instant): string => new Date(instant).toISOString();

export const timeOrNull = (instant: Instant | null): string | null =>
  instant === null ? null : time(instant);
