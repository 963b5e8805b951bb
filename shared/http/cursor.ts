/** Cursors: opaque to the client, a position in a tenant's list to us. One that we did not make is refused. */
import { invalidField } from './problem.ts';

const requestPosition = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#sr_[0-9a-f]{32}$/;

export const toCursor = (position: string): string => Buffer.from(position).toString('base64url');

/** @param pattern of the list's positions. @throws Problem that names `cursor`. */
export const fromCursor = (cursor: string, pattern = requestPosition): string => {
  const position = Buffer.from(cursor, 'base64url').toString();
  if (!pattern.test(position) || toCursor(position) !== cursor) {
    throw invalidField('cursor', 'must be a next_cursor of this list');
  }
  return position;
};
