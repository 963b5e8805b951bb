/** What the tests of the Ironclad adapter share: the workflow of the documents, and calls about it. */
import type { Scope } from '../../../shared/domain/signature-request.ts';
import { ironclad } from '../../../shared/providers/ironclad/provider.ts';
import { callsOf, id } from './answers.ts';

export const baseUrl = 'https://na1.ironcladapp.com/public/api/v1';
export const workflowUrl = `${baseUrl}/workflows/${id}`;

export const callsAbout = (scope: Scope, credentials: object = { access_token: 'token-1' }) =>
  callsOf(ironclad, { baseUrl, options: {}, credentials, scope });

export const problem = (code: string, message = 'a text that may quote anything', param?: string) => ({
  code,
  message,
  ...(param && { param }),
});

/** As it was recorded after a cancellation, with invented names. */
export const workflow = (over: object = {}) => ({
  id,
  ironcladId: 'IC-41',
  title: 'NDA with Northwind',
  step: 'Review',
  attributes: { counterpartyName: 'Northwind' },
  status: 'cancelled',
  isCancelled: true,
  isComplete: false,
  signatures: { state: 'not_applicable', message: 'This workflow has been cancelled' },
  ...over,
});
