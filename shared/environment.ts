/** The names under which the template tells a function what it may use. Set by the CDK app, read at module load. */

/** Beside these a function gets every setting `where: 'function'`; one that calls providers, the addresses that are overridden. */
export const environmentNames = {
  table: 'TABLE_NAME',
  /** Account secrets are named with this prefix, and IAM allows no others. Ends in a slash. */
  secretPrefix: 'SECRET_PREFIX',
  /** As `secretPrefix`, for the signing secrets of webhook endpoints: whoever reads the one cannot read the other. */
  endpointSecretPrefix: 'ENDPOINT_SECRET_PREFIX',
  /** The secret that holds the key which seals what is to be created. */
  sealingKey: 'SEALING_KEY_SECRET',
  notifyQueue: 'QUEUE_URL_NOTIFY',
} as const;

/** `dropbox-sign` → `QUEUE_URL_DROPBOX_SIGN` */
export const queueUrlName = (provider: string): string =>
  `QUEUE_URL_${provider.toUpperCase().replaceAll('-', '_')}`;

/** @throws Error that names the missing variable: a function without it was not deployed from this template. */
export const required = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`environment variable ${name} is not set`);
  return value;
};
