/** The docs function: the OpenAPI document and a page that shows it, all from the files beside the bundle. */
import { readFile } from 'node:fs/promises';
import type { Handlers } from '../../shared/http/exchange.ts';
import { Problem } from '../../shared/http/problem.ts';
import { serve } from '../../shared/http/serve.ts';
import { contentSecurityPolicy, page, viewerStart } from './page.ts';
import { staticFile } from './static-file.ts';

const beside = (name: string) => () => readFile(new URL(name, import.meta.url));
const made = (text: string) => async () => Buffer.from(text);

const openApi = staticFile('application/json', beside('./openapi.json'));
const docs = staticFile('text/html; charset=utf-8', made(page), {
  'content-security-policy': contentSecurityPolicy,
  'referrer-policy': 'no-referrer',
});
const assets = new Map([
  ['swagger-ui-bundle.js', staticFile('text/javascript; charset=utf-8', beside('./swagger-ui-bundle.js'))],
  ['swagger-ui.css', staticFile('text/css; charset=utf-8', beside('./swagger-ui.css'))],
  ['start-viewer.js', staticFile('text/javascript; charset=utf-8', made(viewerStart))],
]);

const operations: Handlers<'docs'> = {
  getOpenApi: openApi,
  getDocs: docs,
  getDocsAsset: async (request) => {
    const asset = assets.get(request.path.asset);
    if (asset === undefined) throw new Problem('route-not-found');
    return asset(request);
  },
};

export const handler = serve('docs', operations);
