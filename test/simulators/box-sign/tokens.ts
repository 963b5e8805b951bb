/** Whom a call stands for: a token that was issued for client credentials, or any other, which is a user of its own. */
import { type Answer, type Call, fieldsOf } from '../answer.ts';
import { newHexId, type SimulatedAccount, type World } from '../world.ts';
import { oauthError } from './error-answer.ts';
import type { switches } from './switches.ts';

export type Tokens = ReturnType<typeof tokenOffice>;

/** Issued tokens are kept in memory alone: after a restart they are refused, as if they had expired. */
export const tokenOffice = (world: World<typeof switches>) => {
  const issued = new Map<string, { readonly user: string; readonly expiresAt: number; calls: number }>();

  const userOf = (token: string): string | null => {
    if (!token.startsWith('issued-')) return token === '' || token.endsWith('-bad') ? null : token;
    const known = issued.get(token);
    if (known === undefined || known.expiresAt <= Date.now()) return null;
    const most = world.value('token_calls');
    known.calls += 1;
    return most > 0 && known.calls > most ? null : known.user;
  };

  return {
    async issue(call: Call): Promise<Answer> {
      const fields = (await fieldsOf(call)) ?? {};
      const field = (name: string): string => (typeof fields[name] === 'string' ? fields[name] : '');
      if (field('grant_type') !== 'client_credentials') {
        return oauthError('unsupported_grant_type', 'The grant type is unsupported');
      }
      if (field('client_id') === '')
        return oauthError('invalid_client', 'The client credentials are invalid');
      const [secret, type, user] = [
        field('client_secret'),
        field('box_subject_type'),
        field('box_subject_id'),
      ];
      if (secret === '' || secret.endsWith('-bad') || !/^(enterprise|user)$/.test(type) || user === '') {
        return oauthError('invalid_grant', 'Grant credentials are invalid');
      }
      const access_token = `issued-${newHexId(32)}`;
      const expires_in = world.value('token_seconds');
      issued.set(access_token, { user, expiresAt: Date.now() + expires_in * 1_000, calls: 0 });
      const body = { access_token, expires_in, restricted_to: [] };
      return { status: 200, body: { ...body, [world.value('token_type_field')]: 'bearer' } };
    },
    /** Null: nobody, or a token that is refused. */
    accountOf({ headers }: Call): SimulatedAccount | null {
      const [scheme, token = ''] = (headers.authorization ?? '').split(' ');
      const user = scheme?.toLowerCase() === 'bearer' ? userOf(token) : null;
      return user === null ? null : world.accountOf(user);
    },
  };
};
