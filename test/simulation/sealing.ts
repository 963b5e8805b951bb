/** A stand-in for the sealing of what is to be created: nobody reads it by chance, and it opens in its own place alone. */
import type { Sealer } from '../../shared/store/creations.ts';

export const sealing: Sealer = {
  seal: async (text, context) => `${context} ${Buffer.from(text).toString('base64')}`,
  open: async (sealed, context) => {
    const [place] = sealed.split(' ', 1);
    if (place !== context) throw new Error('sealed for another place');
    return opened(sealed);
  },
};

/** For the rules, which must know what was asked for. */
export const opened = (sealed: string): string =>
  Buffer.from(sealed.slice(sealed.indexOf(' ') + 1), 'base64').toString('utf8');
