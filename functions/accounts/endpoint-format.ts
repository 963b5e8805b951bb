/** What the format of a webhook endpoint asks of the rest of its body. */
import type { PutWebhookEndpointBody } from '../../shared/http/contract/webhook-endpoints.ts';
import { invalidField } from '../../shared/http/problem.ts';
import { dropboxSignEventNames, isDropboxSignEvent } from '../../shared/notify/dropbox-sign-events.ts';
import { isSubscribed, type Subscribable } from '../../shared/notify/event-types.ts';

/** @throws Problem that names what does not go with the format */
export const checkFormat = ({ format, secret, signing_key }: PutWebhookEndpointBody): void => {
  switch (format) {
    case 'standard':
      if (signing_key !== undefined)
        throw invalidField('signing_key', 'is not of the format standard: give a secret');
      return;
    case 'dropbox-sign':
      if (secret !== undefined) throw invalidField('secret', 'is of the format standard: give a signing_key');
  }
};

/**
 * What the endpoint is subscribed to: of a family, the events that its format can tell.
 * @throws Problem that names an event that it cannot
 */
export const eventTypesIn = ({ format, event_types }: PutWebhookEndpointBody): readonly Subscribable[] => {
  if (format === 'standard') return event_types;
  const names = event_types.map((type, at) => ({ type, at, isFamily: type.endsWith('*') }));
  const stray = names.find(({ type, isFamily }) => !isFamily && !isDropboxSignEvent(type));
  if (stray !== undefined) {
    throw invalidField(`event_types.${stray.at}`, 'is nothing that Dropbox Sign has a callback for');
  }
  const wanted = dropboxSignEventNames.filter((type) => isSubscribed(event_types, type));
  if (wanted.length > 0) return wanted;
  throw invalidField('event_types', 'have nothing that Dropbox Sign has a callback for');
};
