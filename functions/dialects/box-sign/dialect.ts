/** Box Sign's own calls. */

import { problemTypes } from '../../../shared/http/problem.ts';
import type { Dialect } from '../dialect.ts';

export const boxSign: Dialect = {
  calls: [],
  keyIn: () => null,
  refuse: ({ type }) => ({ status: problemTypes[type].status }),
};
