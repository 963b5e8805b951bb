/** Which of our events Dropbox Sign has a callback for, and what it is called there (source: the enum of its OpenAPI document). */
import type { EventType } from './event-types.ts';

export const dropboxSignEvents = {
  'signature_request.sent': 'signature_request_sent',
  'signature_request.viewed': 'signature_request_viewed',
  'signature_request.signed': 'signature_request_all_signed',
  'signature_request.cancelled': 'signature_request_canceled',
  'signature_request.declined': 'signature_request_declined',
  'signature_request.expired': 'signature_request_expired',
  // It has several for what goes wrong; which one this was, Rescind does not know.
  'signature_request.error': 'unknown_error',
} as const satisfies Partial<Record<EventType, string>>;
export type DropboxSignEvent = keyof typeof dropboxSignEvents;

export const dropboxSignEventNames = Object.keys(dropboxSignEvents) as readonly DropboxSignEvent[];

export const isDropboxSignEvent = (type: string): type is DropboxSignEvent =>
  Object.hasOwn(dropboxSignEvents, type);
