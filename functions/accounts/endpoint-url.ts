/** Whether events may be sent to a URL, as far as the URL itself can tell. The address is checked again at each attempt. */
import { isIP } from 'node:net';
import { invalidField } from '../../shared/http/problem.ts';
import { mayConnectTo } from '../../shared/net/addresses.ts';

/** @throws Problem that names `url` */
export const checkEndpointUrl = (text: string, allowLoopback: boolean): void => {
  const url = URL.parse(text);
  if (url === null) throw invalidField('url', 'must be a URL');
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const isAddress = isIP(host) !== 0;
  const isLoopback =
    host === 'localhost' || (isAddress && !mayConnectTo(host, false) && mayConnectTo(host, true));
  const mayBePlain = allowLoopback && isLoopback;
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && mayBePlain)) {
    throw invalidField('url', 'must be an https URL');
  }
  if (url.username !== '' || url.password !== '') {
    throw invalidField('url', 'must not hold a user name or a password');
  }
  if (isAddress ? !mayConnectTo(host, allowLoopback) : isLoopback && !allowLoopback) {
    throw invalidField('url', 'must lead to a public address');
  }
};
