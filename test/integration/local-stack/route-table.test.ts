/** API Gateway's precedence: a wrong order would send a request to the function of another privilege. */
import { describe, expect, test } from 'vitest';
import { createRouteTable } from '../../../infra/local/gateway/route-table.ts';

const routeKeys = [
  '$default',
  'ANY /{proxy+}',
  'GET /a/{proxy+}',
  'GET /a/{id}',
  'GET /a/static',
  'ANY /a/static',
  'POST /a/{id}/b',
  'GET /{x}/static',
  'GET /docs/{asset}',
  'GET /docs',
];

const choose = (keys: readonly string[]) =>
  createRouteTable(keys.map((routeKey) => ({ routeKey, target: null })));

describe.each([['in order', routeKeys] as const, ['reversed', routeKeys.toReversed()] as const])(
  '%s',
  (_, keys) => {
    const table = choose(keys);
    test.each([
      ['GET', '/a/static', 'GET /a/static', {}],
      ['PUT', '/a/static', 'ANY /a/static', {}],
      ['GET', '/a/1', 'GET /a/{id}', { id: '1' }],
      ['GET', '/a/1/2', 'GET /a/{proxy+}', { proxy: '1/2' }],
      ['POST', '/a/1/b', 'POST /a/{id}/b', { id: '1' }],
      ['GET', '/b/static', 'GET /{x}/static', { x: 'b' }],
      ['GET', '/b/other', 'ANY /{proxy+}', { proxy: 'b/other' }],
      ['GET', '/docs', 'GET /docs', {}],
      ['GET', '/docs/a%2Fb', 'GET /docs/{asset}', { asset: 'a/b' }],
      ['GET', '/docs/%', 'GET /docs/{asset}', { asset: '%' }],
      ['GET', '/', '$default', {}],
    ])('%s %s takes %s', (method, path, routeKey, pathParameters) => {
      expect(table(method, path)).toMatchObject({ routeKey, pathParameters });
    });
  },
);

test('without $default there may be no route', () => {
  const table = choose(['GET /a']);
  expect([table('GET', '/a/'), table('POST', '/a'), table('GET', '/A')]).toEqual([null, null, null]);
});
