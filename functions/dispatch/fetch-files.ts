/** Fetches the files that a provider wants the bytes of, from addresses that anybody on the internet could reach. */
import type { CreateAnswer } from '../../shared/domain/answers.ts';
import type { CancellationError } from '../../shared/domain/signature-request.ts';
import type { NewRequest, SourceFile } from '../../shared/http/contract/creation.ts';
import type { guardedCall } from '../../shared/net/guarded-call.ts';
import type { FetchedFile, FetchRules } from '../../shared/providers/creation.ts';
import type { AnyProvider } from '../../shared/providers/define-provider.ts';

export interface FetchPorts {
  readonly guardedCall: typeof guardedCall;
  readonly allowLoopback: boolean;
  readonly callTimeoutMs: () => number;
}

type Fetched =
  | { readonly kind: 'files'; readonly files: readonly FetchedFile[] }
  /** What it means for the creation, of which nothing has been sent. */
  | { readonly kind: 'failed'; readonly answer: CreateAnswer };

export const fetchFiles = async (
  ports: FetchPorts,
  { fetchesFiles }: Pick<AnyProvider, 'fetchesFiles'>,
  { source_files }: NewRequest,
): Promise<Fetched> => {
  const files: FetchedFile[] = [];
  if (fetchesFiles === undefined) return { kind: 'files', files };
  for (const [index, file] of (source_files ?? []).entries()) {
    if (!('url' in file)) continue;
    const fetched = await fetchOne(ports, file, fetchesFiles);
    if ('kind' in fetched) {
      const { error } = fetched;
      const detail = `source_files.${index}: ${error.detail}`;
      return { kind: 'failed', answer: { ...fetched, error: { ...error, detail } } };
    }
    files.push(fetched);
  }
  return { kind: 'files', files };
};

type Failed = Extract<CreateAnswer, { kind: 'invalid' | 'try_again' }>;

const fetchOne = async (
  { guardedCall, allowLoopback, callTimeoutMs }: FetchPorts,
  { url, name }: Extract<SourceFile, { url: string }>,
  { mostBytes, contentType, mark }: FetchRules,
): Promise<FetchedFile | Failed> => {
  const outcome = await guardedCall(
    { method: 'GET', url, headers: { accept: '*/*' } },
    { timeoutMs: callTimeoutMs(), mostBytes, allowLoopback },
  );
  switch (outcome.kind) {
    case 'response': {
      const { status, body } = outcome;
      if (status === 200) {
        // Where readers of the format look for it.
        const isOne = body.subarray(0, 1_024).includes(mark);
        return isOne ? { name: name ?? nameIn(url), bytes: body } : invalid(`it is no ${contentType}`);
      }
      return status === 429 || status >= 500
        ? tryAgain(`its server answered ${status}`)
        : invalid(`its server answered ${status}`);
    }
    case 'forbidden_address':
      return invalid('the URL leads to an address that is not public');
    case 'too_large':
      return invalid(`it is larger than ${mostBytes} bytes`);
    case 'not_sent':
    case 'no_answer':
      return tryAgain('its server gave no answer');
  }
};

const nameIn = (url: string): string => {
  const last = new URL(url).pathname.split('/').at(-1) ?? '';
  return /^[\w.-]{1,200}$/.test(last) ? last : 'document';
};

const error = (detail: string): CancellationError => ({ type: 'source-unavailable', detail });
const invalid = (detail: string): Failed => ({ kind: 'invalid', error: error(detail) });
const tryAgain = (detail: string): Failed => ({
  kind: 'try_again',
  error: error(detail),
  pausesAccount: false,
});
