/** What one notice leads to. */
import type { Notice } from '../../shared/queue/notices.ts';
import { announceDisabled } from './announce.ts';
import { deliverPending } from './deliver.ts';
import type { NotifyPorts } from './ports.ts';
import { replayPage } from './replay.ts';
import { tell } from './tell.ts';

export const runNotice = async (ports: NotifyPorts, notice: Notice): Promise<void> => {
  if (notice.kind === 'tell') return tell(ports, notice);
  const readAt = ports.now();
  const endpoints = await ports.endpoints.list(notice.tenant);
  await announceDisabled(ports, endpoints);
  const endpoint = endpoints.find(({ uid }) => uid === notice.endpoint) ?? null;
  if (notice.kind === 'deliver') await deliverPending(ports, notice, endpoint && { endpoint, readAt });
  else await replayPage(ports, notice, endpoint);
};
