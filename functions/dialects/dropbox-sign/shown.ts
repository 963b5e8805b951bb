/** The answer of every call about one request that is there. */
import type { SignatureRequestView } from '../../../shared/http/contract/responses.ts';
import { viewAsDropboxSign } from '../../../shared/http/dropbox-sign-view.ts';
import type { Response } from '../../../shared/http/exchange.ts';
import type { StoredAccount } from '../../../shared/store/accounts.ts';
import { isTestAccount } from './test-mode.ts';

export const shown = (request: SignatureRequestView, account: StoredAccount): Response => ({
  status: 200,
  body: { signature_request: viewAsDropboxSign(request, isTestAccount(account)) },
});
