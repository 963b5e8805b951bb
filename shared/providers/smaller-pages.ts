/** A page of a list that was too long to read is asked for again in smaller ones: otherwise nobody would ever get past it. */
import type { ProviderRequest, ProviderResponse } from './provider.ts';

/**
 * Begins with the first page again, since a cursor or a number is of the old size; so does whoever leaves the place out
 * (documented, of each of these providers).
 * @param size the parameter of the URL that says how many there are on a page
 * @param place the one that says which page it is
 * @returns null when it was not too long, or had one entry only
 */
export const inSmallerPages = (
  { status, body }: ProviderResponse,
  request: ProviderRequest,
  size: string,
  place: string,
): { readonly kind: 'follow'; readonly request: ProviderRequest } | null => {
  const url = new URL(request.url);
  const before = Number(url.searchParams.get(size));
  if (status !== 200 || body !== null || before <= 1) return null;
  url.searchParams.set(size, String(Math.ceil(before / 5)));
  url.searchParams.delete(place);
  return { kind: 'follow', request: { ...request, url: url.href } };
};
