/** Headers by which a client of Box asks for something else than it would get here: refused, never passed over. */
import { invalidField } from '../../../shared/http/problem.ts';
import type { KeyedCall } from '../dialect.ts';

/** The one version that has the calls of Box Sign (documented). */
const version = '2024.0';

export const withOwnHeaders =
  (answer: KeyedCall['answer']): KeyedCall['answer'] =>
  async (request) => {
    const { 'as-user': user, 'box-version': wanted = version } = request.headers;
    if (user !== undefined)
      throw invalidField('as-user', 'has no use: the account says on whose behalf Box is called');
    if (wanted !== version) throw invalidField('box-version', `must be ${version}`);
    return answer(request);
  };
