/** The processes of functions, as the kernel tells of them: the local stack that runs in another process has them as children. */
import { readFileSync } from 'node:fs';

/** None of a process that has ended. */
export const childrenOf = (pid: number): readonly number[] => {
  try {
    const listed = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return listed.split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
};

/** Short, `dispatch`; null of what is no function, or has ended. */
export const functionOf = (pid: number): string | null => {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
    return /AWS_LAMBDA_FUNCTION_NAME=([A-Z][a-z]+)/.exec(environment)?.[1]?.toLowerCase() ?? null;
  } catch {
    return null;
  }
};
