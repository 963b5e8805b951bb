/** Finds the operation that a gateway event is for; what no route matches is a problem that says why. */
import { Problem } from './problem.ts';
import { type Operation, routes } from './routes.ts';

const operations = Object.keys(routes) as readonly Operation[];
const byRouteKey: ReadonlyMap<string, Operation> = new Map(
  operations.map((operation) => [`${routes[operation].method} ${routes[operation].path}`, operation]),
);

/**
 * @param routeKey as API Gateway spells it: `GET /v1/accounts`, or `$default` for what no route matches.
 * @throws Problem `route-not-found`, or `method-not-allowed` with an `Allow` header.
 */
export const findOperation = (routeKey: string, path: string): Operation => {
  const operation = byRouteKey.get(routeKey);
  if (operation !== undefined) return operation;
  const allowed = operations
    .filter((name) => matches(routes[name].path, path))
    .map((name) => routes[name].method);
  if (allowed.length === 0) throw new Problem('route-not-found');
  throw new Problem('method-not-allowed', { headers: { allow: [...new Set(allowed)].join(', ') } });
};

const matches = (template: string, path: string): boolean => {
  const expected = template.split('/');
  const given = path.split('/');
  return (
    expected.length === given.length &&
    expected.every((segment, index) =>
      segment.startsWith('{') ? given[index] !== '' : segment === given[index],
    )
  );
};
