/** The API names the fields that it refuses; a dialect's client wrote them under other names. */
import { Problem } from '../../shared/http/problem.ts';

/**
 * Only for a call of the API: a field that the dialect itself refuses already has the client's own name.
 * @param names by those of the API, as dotted paths; or what makes the one of the other
 */
export const withFieldNames = async <T>(
  names: Readonly<Record<string, string>> | ((field: string) => string),
  called: Promise<T>,
): Promise<T> => {
  const theirs = typeof names === 'function' ? names : (field: string) => names[field] ?? field;
  try {
    return await called;
  } catch (error) {
    if (!(error instanceof Problem) || error.options.errors === undefined) throw error;
    const errors = error.options.errors.map(({ field, message }) => ({
      field: theirs(field),
      message,
    }));
    throw new Problem(error.type, { ...error.options, errors });
  }
};
