/**
 * Stands in for the endpoint rules of the SDK's clients in the functions' bundles: a function calls the services of its
 * own region, so the rules for every partition, FIPS and dual stack would only be weight.
 */
import { required } from '../environment.ts';

interface Parameters {
  /** From the environment (`AWS_ENDPOINT_URL_…`), on a laptop. */
  readonly Endpoint?: string;
  readonly Region?: string;
  readonly UseFIPS?: boolean;
  readonly UseDualStack?: boolean;
}

/** @param service as in its host name */
export const regionalEndpoint =
  (service: string) =>
  ({ Endpoint, Region, UseFIPS, UseDualStack }: Parameters) => {
    if (UseFIPS || UseDualStack) throw new Error('FIPS and dual-stack endpoints are not in this bundle');
    const url = Endpoint ?? `https://${service}.${Region}.${required('URL_SUFFIX')}`;
    return { url: new URL(url), properties: {}, headers: {} };
  };
