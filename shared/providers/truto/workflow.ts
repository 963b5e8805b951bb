/** A unified workflow, and Ironclad's own in its `remote_data` (documented). */
import * as z from 'zod/mini';
import type { SeenDetails } from '../../domain/details.ts';
import type { ProviderRequestId } from '../../domain/ids.ts';
import { detailsOf } from '../ironclad/details.ts';
import { workflowIdIn } from '../ironclad/workflow.ts';
import { readJson } from '../json.ts';
import type { ProviderResponse } from '../provider.ts';
import { perhaps } from '../told.ts';

/** A single object is bare (documented), or in `result` like what a custom method answers (source: the vendor's skill files). */
export const unwrapped = <T>(schema: z.ZodMiniType<T>, { body }: Pick<ProviderResponse, 'body'>): T | null =>
  readJson(z.object({ result: schema }), body)?.result ?? readJson(schema, body);

/** Ironclad's workflow behind a unified one; null where it is not shown. */
export const remoteOf = (workflow: unknown): object | null => {
  const parsed = withRemote.safeParse(workflow);
  return parsed.success ? parsed.data.remote_data : null;
};

const withRemote = z.object({ remote_data: z.looseObject({}) });

/** The unified id, or else Ironclad's own: they are the same (assumed). */
export const idOf = (workflow: unknown): ProviderRequestId | null =>
  workflowIdIn(workflow) ?? workflowIdIn(remoteOf(workflow));

/**
 * Of the signers nothing is told (assumed).
 * @param attribute the id of the one that holds the client's external id
 */
export const detailsIn = (workflow: unknown, attribute: string | null): SeenDetails => {
  const parsed = told.safeParse(workflow);
  const { name, urls = [] } = parsed.success ? parsed.data : {};
  const page = urls.find((entry) => entry !== undefined)?.url;
  return {
    // Through the proxy, the workflow is Ironclad's own.
    ...detailsOf(remoteOf(workflow) ?? workflow, attribute),
    ...(name !== undefined && { name }),
    ...(page !== undefined && { page }),
  };
};

/** The types are not documented: any other URL would be the page of somebody else than a signer. */
const signingPage = z.object({
  type: z.string().check(z.regex(/sign/i)),
  url: z.string().check(
    z.maxLength(2_000),
    z.refine((url) => /^https:\/\//i.test(url) && URL.canParse(url)),
  ),
});

const told = z.object({
  name: perhaps(z.string().check(z.minLength(1), z.maxLength(255))),
  urls: perhaps(z.array(perhaps(signingPage))),
});
