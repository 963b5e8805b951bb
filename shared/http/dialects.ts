/** The providers' own calls that Rescind serves: where each dialect lies, written down once for gateway, function and docs. */
import type { ProviderName } from '../providers/registry.ts';

interface DialectPlace {
  /** The name of whose API it is. */
  readonly title: string;
  /** Whose accounts it serves; null for all. */
  readonly provider: ProviderName | null;
  /** What the paths of its calls begin with: the first segments of the provider's own. */
  readonly bases: readonly string[];
}

export const dialects = {
  'dropbox-sign': { title: 'Dropbox Sign', provider: 'dropbox-sign', bases: ['/v3'] },
  'box-sign': { title: 'Box Sign', provider: 'box-sign', bases: ['/2.0', '/oauth2'] },
  okdokument: { title: 'OKdokument', provider: 'okdokument', bases: ['/JSON'] },
  truto: { title: 'Truto', provider: null, bases: ['/unified/e-signature'] },
} as const satisfies Record<string, DialectPlace>;

export type DialectName = keyof typeof dialects;
export const dialectNames = Object.keys(dialects) as readonly DialectName[];

/** In front of a dialect's paths it names the account: one base URL serves one account. */
export const accountPrefix = '/d/{account_id}';

/** As API Gateway spells what comes below a path. */
const below = '/{proxy+}';

/** The function behind them tells one call from another. */
export const dialectRouteKeys: readonly string[] = [
  ...dialectNames.flatMap((name) => dialects[name].bases),
  accountPrefix,
].map((base) => `ANY ${base}${below}`);
