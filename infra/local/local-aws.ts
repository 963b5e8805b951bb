/** What stands for an AWS account on this machine: names that appear in ARNs, and credentials that open nothing. */

export const localAws = {
  region: 'us-east-1',
  accountId: '000000000000',
  /** Every client must sign; the embedded servers check that a signature is there, not what it is. */
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
} as const;

export const localArn = (service: string, resource: string): string =>
  `arn:aws:${service}:${localAws.region}:${localAws.accountId}:${resource}`;
