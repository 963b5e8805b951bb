/**
 * Runs the embedded DynamoDB and SQS in a process of their own, to be killed: `node run-aws.ts DATA_DIR`. Says where they
 * are in one line of JSON, and ends with whoever started it.
 */
import { join } from 'node:path';
import { startEmbeddedDynamoDB } from '../../infra/local/embedded-dynamodb.ts';
import { startEmbeddedSqs } from '../../infra/local/embedded-sqs.ts';

const [, , dataDir = ''] = process.argv;
const dynamodb = await startEmbeddedDynamoDB(join(dataDir, 'dynamodb'));
const sqs = await startEmbeddedSqs(join(dataDir, 'sqs'));
process.stdin.on('end', () => process.exit()).resume();
process.stdout.write(`${JSON.stringify({ dynamodb: dynamodb.endpoint, sqs: sqs.endpoint })}\n`);
