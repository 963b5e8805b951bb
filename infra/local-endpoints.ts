/** Where the local stack that is running says that its services are, for commands that work on it as on AWS. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { readSetting } from '../shared/settings.ts';
import { localAws } from './local/local-aws.ts';

const endpoints = z.object({
  dynamodb: z.string(),
  // A stack that was started by an older version does not tell it.
  sqs: z.optional(z.string()),
  table: z.string(),
  region: z.string(),
});
export type LocalEndpoints = z.output<typeof endpoints> & Pick<typeof localAws, 'credentials'>;

/**
 * @param option what would name a deployment on AWS instead
 * @throws Error that tells a person what to do, when no local stack runs
 */
export const localEndpoints = async (
  environment: Readonly<Record<string, string | undefined>>,
  option: '--table' | '--stack',
): Promise<LocalEndpoints> => {
  const file = join(readSetting(environment, 'DATA_DIR'), 'endpoints.json');
  try {
    return {
      ...endpoints.parse(JSON.parse(await readFile(file, 'utf8'))),
      credentials: localAws.credentials,
    };
  } catch {
    throw new Error(
      `no local stack is running (no ${file}): run npm start first, or name a deployment on AWS with ${option}`,
    );
  }
};
