/** As the owner of an account does it at Dropbox Sign, which tries the URL before it takes it. */
import type { Simulators } from '../server.ts';

/** @throws Error when the URL is refused */
export const setCallbackUrl = async (
  { baseUrls }: Pick<Simulators, 'baseUrls'>,
  apiKey: string,
  callback_url: string,
): Promise<void> => {
  const response = await fetch(`${baseUrls.DROPBOX_SIGN_BASE_URL}/account`, {
    method: 'PUT',
    headers: {
      authorization: `Basic ${Buffer.from(`${apiKey}:`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ callback_url }),
  });
  if (!response.ok)
    throw new Error(`the simulated Dropbox Sign refused the callback URL: ${response.status}`);
};
