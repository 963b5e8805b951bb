/** Notes for whoever classifies the answer, in the fragment of the URL: a fragment is never sent (RFC 3986). */

export const withNotes = (url: string, notes: Readonly<Record<string, string | undefined>>): string => {
  const given = Object.entries(notes).filter((note): note is [string, string] => note[1] !== undefined);
  const [bare = ''] = url.split('#', 1);
  return given.length === 0 ? bare : `${bare}#${new URLSearchParams(given)}`;
};

export const noteIn = (url: string, name: string): string | null => {
  const [, fragment = ''] = url.split('#');
  return new URLSearchParams(fragment).get(name);
};
