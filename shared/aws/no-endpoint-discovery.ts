/**
 * Stands in for `@aws-sdk/middleware-endpoint-discovery` in the functions' bundles: the DynamoDB client carries
 * its configuration and cache, but none of its commands discovers an endpoint.
 */

export const resolveEndpointDiscoveryConfig = <Config>(config: Config): Config => config;

/** In the SDK's own form for an option that nothing sets. */
export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
  environmentVariableSelector: () => undefined,
  configFileSelector: () => undefined,
  default: undefined,
};
