/** `GET /sign/{token}`: sends a signer to the provider's page, or says why there is nothing to sign. Answers a browser, in HTML. */
import { timingSafeEqual } from 'node:crypto';
import type { Signer } from '../../shared/domain/details.ts';
import type { Request, Response } from '../../shared/http/exchange.ts';
import { isPassing } from '../../shared/http/failure.ts';
import { type SignToken, splitSignToken } from '../../shared/http/sign-token.ts';
import { errorFields } from '../../shared/log.ts';
import type { ApiPorts } from './ports.ts';
import { type SignOutcome, signOutcome, signTrouble, unknownLink } from './sign-outcome.ts';
import { showPage, signHeaders } from './sign-page.ts';
import { providerOf } from './wish.ts';

export const followSignLink =
  (ports: ApiPorts) =>
  async ({ path, log }: Request<'followSignLink'>): Promise<Response> => {
    const token = splitSignToken(path.token);
    if (token === null) return showPage(unknownLink);
    try {
      const outcome = await outcomeOf(ports, token);
      return outcome.kind === 'page'
        ? showPage(outcome)
        : { status: 302, headers: { ...signHeaders, location: outcome.url } };
    } catch (error) {
      if (!isPassing(error)) throw error;
      log('warn', 'sign_link.not_answered', errorFields(error));
      return showPage(signTrouble);
    }
  };

const outcomeOf = async (ports: ApiPorts, { handle, secret }: SignToken): Promise<SignOutcome> => {
  const nowhere = { kind: 'page', ...unknownLink } as const;
  const found = await ports.signLinks.find(handle);
  const request = found && (await ports.requests.get(found.tenant, found.id));
  if (request === null || request.signHandle !== handle) return nowhere;
  const details = await ports.details.get(request.tenant, request.id);
  const signer = details?.signers.filter((one) => isSecretOf(one, secret))[0];
  if (details === null || signer === undefined) return nowhere;
  return signOutcome(request, details, signer, providerOf(request).title);
};

/** In a time that says nothing about how much of it was right. */
const isSecretOf = ({ linkSecret }: Signer, secret: string): boolean => {
  const given = Buffer.from(secret);
  const right = Buffer.from(linkSecret ?? '');
  return given.length === right.length && timingSafeEqual(given, right);
};
