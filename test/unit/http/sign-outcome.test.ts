import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { signOutcome, signTrouble, unknownLink } from '../../../functions/api/sign-outcome.ts';
import { showPage } from '../../../functions/api/sign-page.ts';
import type { RequestDetails, Signer } from '../../../shared/domain/details.ts';
import {
  type Cancellation,
  isOpen,
  type RequestStatus,
  requestStatuses,
} from '../../../shared/domain/signature-request.ts';
import { signTokenPattern, signUrl, splitSignToken } from '../../../shared/http/sign-token.ts';
import { at, details, queued, signer } from './examples.ts';

const { state: _state, error: _error, ...wish } = queued;
const error = { type: 'deadline-exceeded', detail: 'No proof in a day.' } as const;
const now = at('2026-11-21T10:00:00Z');
const cancellations = {
  queued,
  submitted: { ...queued, state: 'submitted', submittedAt: now },
  confirmed: { ...wish, state: 'confirmed', evidence: { kind: 'poll', status: 'cancelled', at: now } },
  rejected: { ...wish, state: 'rejected', error },
  failed: { ...wish, state: 'failed', error },
} as const satisfies Record<string, Cancellation>;

const lead = (
  status: RequestStatus,
  cancellation: Cancellation | null = null,
  of: Partial<Signer> = {},
  all: Partial<RequestDetails> = {},
) =>
  signOutcome(
    { status, cancellation, readError: null, existed: true },
    { ...details, ...all },
    { ...signer, ...of },
    'Box Sign',
  );
const statusOf = (outcome: ReturnType<typeof lead>): number =>
  outcome.kind === 'redirect' ? 302 : outcome.status;

describe('a sign link', () => {
  test('of what the provider does not know any more leads nowhere, whatever it was before', () => {
    const readError = { type: 'already-ended', detail: 'destroyed' } as const;
    const outcome = signOutcome(
      { status: 'sent', cancellation: null, readError, existed: true },
      details,
      signer,
      'Box Sign',
    );
    expect(statusOf(outcome)).toBe(410);
  });

  test.each(requestStatuses)('of a request that is %s: to the page while it is open, else 410', (status) => {
    const expected = isOpen(status) ? 302 : 410;
    expect(statusOf(lead(status))).toBe(expected);
  });

  test.each(['queued', 'submitted', 'confirmed'] as const)('a %s cancellation shuts it', (state) => {
    for (const status of requestStatuses) expect(statusOf(lead(status, cancellations[state]))).toBe(410);
  });

  test.each(['rejected', 'failed'] as const)('after one that is %s it follows the status again', (state) => {
    for (const status of requestStatuses) {
      expect(lead(status, cancellations[state])).toEqual(lead(status));
    }
  });

  test('says which end it was, in different words', () => {
    const words = (['signed', 'cancelled', 'declined', 'expired', 'error'] as const).map((status) => {
      const outcome = lead(status);
      return outcome.kind === 'page' ? outcome.title : 'redirect';
    });
    expect(new Set(words).size).toBe(5);
  });

  test("leads to the signer's own page, else to the page for all, else says that the provider sends one", () => {
    const all = { page: 'https://sign.provider.example/all' };
    expect(lead('sent', null, {}, all)).toEqual({ kind: 'redirect', url: signer.page });
    expect(lead('viewed', null, { page: null }, all)).toEqual({ kind: 'redirect', url: all.page });
    const mailed = lead('sent', null, { page: null });
    expect(mailed).toMatchObject({ kind: 'page', status: 200 });
    expect(JSON.stringify(mailed)).toContain('Box Sign');
  });

  test.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    '//other.example',
    '/here',
    'ftp://x.example',
    '',
    'https://',
  ])('is not followed to %j', (page) => {
    expect(statusOf(lead('sent', null, { page }))).toBe(200);
  });

  test('breaks no header, whatever the page is', () => {
    const outcome = lead('sent', null, { page: 'https://x.example/a\r\nset-cookie: b=c' });
    expect(outcome.kind === 'redirect' ? outcome.url : '').not.toMatch(/[\r\n]/);
  });

  test.each(['creating', 'converting', 'created'] as const)(
    'of one that is %s and has no page yet: no error, and it looks again',
    (status) => {
      expect(lead(status, null, { page: null })).toMatchObject({ status: 202, againAfter: 15 });
    },
  );
});

describe('its page', () => {
  const shown = showPage({ status: 410, title: '<b>&"\'', text: '<script>alert(1)</script>' });
  const body = String(shown.body);

  test('is kept by nobody, found by nobody, and tells nobody where it came from', () => {
    expect(shown).toMatchObject({
      status: 410,
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-robots-tag': 'noindex',
      },
    });
    expect(shown.headers).not.toHaveProperty('refresh');
  });

  test('loads and runs nothing; its one style is the one that its policy names', () => {
    const policy = shown.headers?.['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    const style = /<style>(.*)<\/style>/s.exec(body)?.[1] ?? '';
    expect(policy).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`);
    expect(body).not.toMatch(/<script|\ssrc=|\shref=|\son\w+=|\sstyle=/);
  });

  test('has text for what is text', () => {
    expect(body).toContain('<h1>&#60;b&#62;&#38;&#34;&#39;</h1>');
    expect(body).toContain('&#60;script&#62;');
  });

  test('comes again by itself where that helps', () => {
    expect(showPage(signTrouble).headers).toMatchObject({ refresh: '30', 'retry-after': '30' });
    expect(showPage(unknownLink).headers).not.toHaveProperty('refresh');
  });
});

describe('its token', () => {
  const token = { handle: 'h-'.repeat(11), secret: '_9'.repeat(11) };

  test('is taken apart as it was put together', () => {
    const url = signUrl('https://api.example.com', token);
    expect(url).toMatch(/^https:\/\/api\.example\.com\/sign\/[\w-]{44}$/);
    expect(splitSignToken(url.split('/').at(-1) ?? '')).toEqual(token);
  });

  test.each([
    '',
    'a'.repeat(43),
    'a'.repeat(45),
    `${'a'.repeat(43)}/`,
    `${'a'.repeat(43)}=`,
    `${'a'.repeat(44)}\n`,
  ])('is not %j', (text) => {
    expect(signTokenPattern.test(text)).toBe(false);
    expect(splitSignToken(text)).toBeNull();
  });
});
