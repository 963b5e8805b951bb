/** The AWS clients that the functions are given: the real classes, whose `send` goes to the simulation instead of a network. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';

export type Send = (command: object) => Promise<object>;

export interface Clients {
  readonly dynamoDB: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly secretsManager: SecretsManagerClient;
}

interface Slot extends Clients {
  readonly sends: { dynamoDB: Send; sqs: Send; secretsManager: Send };
}

/** Kept from run to run: to make a client costs more than a run. */
const slots: Slot[] = [];

/** Hands out clients that nobody else has, until it is made anew. */
export const clientPool = () => {
  let taken = 0;
  return (sends: Slot['sends']): Clients => {
    const slot = slots[taken] ?? newSlot();
    slots[taken] = slot;
    taken += 1;
    Object.assign(slot.sends, sends);
    return slot;
  };
};

const configuration = {
  region: 'eu-central-1',
  credentials: { accessKeyId: 'simulated', secretAccessKey: 'simulated' },
};

const newSlot = (): Slot => {
  const sends: Slot['sends'] = { dynamoDB: nobody, sqs: nobody, secretsManager: nobody };
  return {
    sends,
    dynamoDB: Object.assign(new DynamoDBClient(configuration), {
      send: (command: object) => sends.dynamoDB(command),
    }),
    sqs: Object.assign(new SQSClient(configuration), { send: (command: object) => sends.sqs(command) }),
    secretsManager: Object.assign(new SecretsManagerClient(configuration), {
      send: (command: object) => sends.secretsManager(command),
    }),
  };
};

const nobody: Send = () => Promise.reject(new Error('a client that belongs to nobody'));
