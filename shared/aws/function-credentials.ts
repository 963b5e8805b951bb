/**
 * Stands in for `@aws-sdk/credential-provider-node` in the functions' bundles: Lambda hands credentials over in
 * the environment, so the providers for profiles, SSO and instance metadata would only be a third of each bundle.
 */
import { fromEnv } from '@aws-sdk/credential-provider-env';

export const defaultProvider = () => fromEnv();
