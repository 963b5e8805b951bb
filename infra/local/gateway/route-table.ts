/** Which route of an HTTP API a request takes, by API Gateway's order of precedence. */

export interface Route<Target> {
  /** `GET /v1/accounts/{account_id}`, `ANY /files/{proxy+}` or `$default` */
  readonly routeKey: string;
  readonly target: Target;
}

export interface MatchedRoute<Target> extends Route<Target> {
  /** Decoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

export type RouteTable<Target> = (method: string, path: string) => MatchedRoute<Target> | null;

/**
 * Source: AWS, "Create routes for HTTP APIs": a full match for route and method, then a greedy path variable, then
 * `$default`. Segment by segment, fixed text goes before a variable; a named method goes before ANY.
 */
export const createRouteTable = <Target>(routes: readonly Route<Target>[]): RouteTable<Target> => {
  const candidates = routes
    .filter(({ routeKey }) => routeKey !== '$default')
    .map(compile)
    .sort((a, b) => (a.rank < b.rank ? -1 : 1));
  const fallback = routes.find(({ routeKey }) => routeKey === '$default');
  return (method, path) => {
    const segments = path.split('/').slice(1);
    for (const { route, method: expected, pattern } of candidates) {
      if (expected !== 'ANY' && expected !== method) continue;
      const pathParameters = match(pattern, segments);
      if (pathParameters) return { ...route, pathParameters };
    }
    return fallback ? { ...fallback, pathParameters: {} } : null;
  };
};

interface Segment {
  readonly kind: 'text' | 'variable' | 'greedy';
  readonly text: string;
}

const compile = <Target>(route: Route<Target>) => {
  const [method = '', path = ''] = route.routeKey.split(' ');
  const pattern = path.split('/').slice(1).map(parseSegment);
  const order = { text: '0', variable: '1', greedy: '2' };
  // Sorts as text: the first segment that differs decides, and the method only between equal paths.
  const rank = pattern.map(({ kind }) => order[kind]).join('') + (method === 'ANY' ? '~' : '');
  return { route, method, pattern, rank };
};

const parseSegment = (segment: string): Segment => {
  const [, name, greedy] = /^\{([^}+]+)(\+?)\}$/.exec(segment) ?? [];
  if (name === undefined) return { kind: 'text', text: segment };
  return { kind: greedy ? 'greedy' : 'variable', text: name };
};

const match = (pattern: readonly Segment[], segments: readonly string[]): Record<string, string> | null => {
  const parameters: Record<string, string> = {};
  for (const [index, { kind, text }] of pattern.entries()) {
    const segment = segments[index];
    if (segment === undefined || (kind !== 'text' && segment === '')) return null;
    if (kind === 'greedy') return { ...parameters, [text]: decode(segments.slice(index).join('/')) };
    if (kind === 'text' && text !== segment) return null;
    if (kind === 'variable') parameters[text] = decode(segment);
  }
  return pattern.length === segments.length ? parameters : null;
};

/** Percent signs that encode nothing stay as they are. */
export const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
