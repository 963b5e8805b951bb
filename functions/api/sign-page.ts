/** A page for signers, complete in itself: no script, nothing loaded, nothing kept or passed on by the browser. */
import { createHash } from 'node:crypto';
import type { Response } from '../../shared/http/exchange.ts';
import type { SignPage } from './sign-outcome.ts';

export const showPage = ({ status, title, text, againAfter }: SignPage): Response => ({
  status,
  headers: {
    ...signHeaders,
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': contentSecurityPolicy,
    ...(againAfter === undefined ? {} : { refresh: String(againAfter), 'retry-after': String(againAfter) }),
  },
  body: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${asText(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${asText(title)}</h1>
<p>${asText(text)}</p>
</main>
</body>
</html>
`,
});

/** Of every answer to a sign link: it is as good as a signature to whoever has it. */
export const signHeaders = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex',
} as const;

const style = 'main{max-width:32rem;margin:20vh auto 0;padding:0 1rem;font:1.125rem/1.5 sans-serif}';

const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const asText = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
