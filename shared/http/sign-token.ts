/** The token in a sign link: which request it is for, and a secret of one of its signers. It says nothing of either. */

/** Each half is 16 random bytes, in base64url. */
const halfLength = 22;
export const signTokenPattern = /^[A-Za-z0-9_-]{44}$/;

export interface SignToken {
  readonly handle: string;
  readonly secret: string;
}

export const signUrl = (publicBaseUrl: string, { handle, secret }: SignToken): string =>
  `${publicBaseUrl}/sign/${handle}${secret}`;

/** @returns null for what cannot be a token */
export const splitSignToken = (token: string): SignToken | null =>
  signTokenPattern.test(token)
    ? { handle: token.slice(0, halfLength), secret: token.slice(halfLength) }
    : null;
