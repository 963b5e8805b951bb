/** The dialects function: the providers' own calls, on top of the operations of the API. Like the api function it calls no provider. */
import { logWith } from '../../shared/log.ts';
import { openApi } from '../api/open.ts';
import { boxSign } from './box-sign/dialect.ts';
import { dropboxSign } from './dropbox-sign/dialect.ts';
import { okdokument } from './okdokument/dialect.ts';
import { usedOperations } from './operations.ts';
import { serveDialects } from './serve-dialects.ts';
import { truto } from './truto/dialect.ts';

const { ports, authenticate } = openApi();
const operations = usedOperations(ports);

export const handler = serveDialects(
  { 'dropbox-sign': dropboxSign, 'box-sign': boxSign, okdokument, truto },
  { operations, authenticate, accounts: ports.accounts, log: logWith({ function: 'dialects' }) },
);
