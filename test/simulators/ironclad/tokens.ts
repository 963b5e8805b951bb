/** Whom a call stands for: a company, by a token of one of its users, or by one that was issued to an app. */
import { type Answer, type Call, fieldsOf } from '../answer.ts';
import { newHexId, type SimulatedAccount, type World } from '../world.ts';
import { oauthError } from './error-answer.ts';
import type { switches } from './switches.ts';

export interface Caller {
  readonly account: SimulatedAccount;
  /** By a token for client credentials, which has no user of its own. */
  readonly isApp: boolean;
}

export type Tokens = ReturnType<typeof tokenOffice>;

/** Issued tokens are kept in memory alone: after a restart they are refused, as if they had expired. */
export const tokenOffice = (world: World<typeof switches>) => {
  const issued = new Map<string, { readonly client: string; readonly expiresAt: number }>();

  const companyOf = (token: string): string | null => {
    if (!token.startsWith('issued-')) return token === '' || token.endsWith('-bad') ? null : token;
    const known = issued.get(token);
    return known !== undefined && known.expiresAt > Date.now() ? known.client : null;
  };

  return {
    async issue(call: Call): Promise<Answer> {
      const fields = (await fieldsOf(call)) ?? {};
      const field = (name: string): string => (typeof fields[name] === 'string' ? fields[name] : '');
      const [client, secret, scope] = [field('client_id'), field('client_secret'), field('scope')];
      if (field('grant_type') !== 'client_credentials') return oauthError(400, 'unsupported_grant_type');
      if (!/^[\w-]+$/.test(client)) return oauthError(400, 'invalid_request');
      // A wrong secret is no 401 here.
      if (secret === '' || secret.endsWith('-bad')) return oauthError(403, 'unauthorized_client');
      if (scope.split(' ').includes('public.workflows.readSignStatus'))
        return oauthError(400, 'invalid_scope');
      const access_token = `issued-${newHexId(32)}`;
      const expires_in = world.value('token_seconds');
      issued.set(access_token, { client, expiresAt: Date.now() + expires_in * 1_000 });
      return { status: 200, body: { token_type: 'Bearer', access_token, expires_in, scope } };
    },
    /** Null: nobody, or a token that is refused. */
    callerOf({ headers }: Call): Caller | null {
      const [scheme, token = ''] = (headers.authorization ?? '').split(' ');
      const company = scheme?.toLowerCase() === 'bearer' ? companyOf(token) : null;
      return company === null
        ? null
        : { account: world.accountOf(company), isApp: token.startsWith('issued-') };
    },
  };
};
