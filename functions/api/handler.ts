/** The api function: writes wishes down and shows what became of them. It calls no provider. */
import { serve } from '../../shared/http/serve.ts';
import { openApi } from './open.ts';
import { apiOperations } from './operations.ts';

const { ports, authenticate } = openApi();

export const handler = serve('api', apiOperations(ports), { authenticate });
