/** What clients want created: each body carries a mark of its own, by which a document at a provider is told apart. */
import type { ProviderName } from '../../shared/providers/registry.ts';
import { signerAddress } from './providers/site.ts';

/** A body of one wish: under a key each call has the same wish, without one each call is a wish of its own. */
export interface Mark {
  readonly wish: string;
  /** Which of two bodies under the same key. */
  readonly variant: Variant;
}
export type Variant = 'a' | 'b';

export interface Wanted extends Mark {
  readonly tenant: string;
  readonly accountId: string;
  readonly provider: ProviderName;
  /** The client has an id of its own for it, and for others too. */
  readonly hasOwnId: boolean;
}

export const bodyOf = ({ wish, variant, tenant, accountId, provider, hasOwnId }: Wanted): object => {
  const mark = `wish-${wish}${variant}`;
  const email = `${mark}.${signerAddress}`;
  return {
    account_id: accountId,
    signers: [{ name: `Ann, says ${tenant}`, email }],
    ...(hasOwnId && { external_id: 'our-41' }),
    ...placeOf(provider, mark),
  };
};

const placeOf = (provider: ProviderName, mark: string): object => {
  switch (provider) {
    case 'dropbox-sign':
    case 'okdokument':
      return { name: mark, source_files: [{ url: fileUrl }] };
    case 'box-sign':
      return {
        name: mark,
        source_files: [{ type: 'file', id: '123456789' }],
        parent_folder: { type: 'folder', id: '987654321' },
      };
    case 'ironclad':
    case 'truto':
      return { template_id: '68f0000000000000000000a1' };
  }
};

export const fileUrl = 'https://files.test/nda.pdf';
/** The attribute in which an Ironclad workflow keeps our id, or the client's. */
export const externalIdAttribute = 'rescindId';

/** @returns null where there is none */
export const markIn = (text: string): Mark | null => {
  const [, wish, variant] = /wish-(\d+(?:-\d+)?)([ab])/.exec(text) ?? [];
  return wish === undefined ? null : { wish, variant: variant === 'b' ? 'b' : 'a' };
};
