/** What the answer to an account check means wherever a provider gives it no meaning of its own. */
import type { CheckAnswer, ProviderResponse } from './provider.ts';

/** @param code the provider's own word for the error, never its free text */
export const checkAnswer = ({ status }: ProviderResponse, code: string | null = null): CheckAnswer => {
  const detail = `The provider answered ${status}${code === null ? '' : ` ${code}`}.`;
  if (status >= 200 && status < 300) return { kind: 'good' };
  if (status === 401) return { kind: 'bad_credentials', detail };
  return status === 403 ? { kind: 'lacking_scope', detail } : { kind: 'unclear', detail };
};
