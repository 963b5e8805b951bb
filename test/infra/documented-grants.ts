/** The tables of docs/security.md, read: what each function may do, and who may invoke it. */
import { readFileSync } from 'node:fs';

const page = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8');

/** The rows of the table below a heading, cell by cell, without the marks of code. */
export const tableBelow = (heading: string): string[][] => {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  const [text = ''] = section.split('\n## ');
  const [, , ...rows] = text.split('\n').filter((row) => row.startsWith('|'));
  return rows.map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
};

/**
 * One line for each: `api: dynamodb:Query on the index by_tenant`.
 * @param functions those that `every function` stands for
 */
export const documentedGrants = (functions: readonly string[]): string[] =>
  tableBelow('Grants').flatMap(([fn = '', actions = '', resource = '']) => {
    // `dynamodb:GetItem, PutItem` is two actions of one service.
    const [service = '', names = ''] = actions.split(':');
    const of = fn === 'every function' ? functions : [fn];
    return of.flatMap((name) =>
      names.split(',').map((action) => `${name}: ${service}:${action.trim()} on ${resource}`),
    );
  });
