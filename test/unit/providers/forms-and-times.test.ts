import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formField } from '../../../shared/providers/form-field.ts';
import { comeBackAt } from '../../../shared/providers/retry-after.ts';
import { answer, now } from './answers.ts';

describe('a field of a form', () => {
  test('is what Node wrote into it, in multipart and URL-encoded', async () => {
    const value = fc
      .string({ unit: 'grapheme', maxLength: 200 })
      .map((text) => text.replaceAll(/\r\n?|\n/g, '\r\n'));
    await fc.assert(
      fc.asyncProperty(value, value, async (before, wanted) => {
        const form = new FormData();
        form.set('first', before);
        form.set('json', wanted);
        for (const body of [
          form,
          new URLSearchParams([
            ['a', before],
            ['json', wanted],
          ]),
        ]) {
          const response = new Response(body);
          const type = response.headers.get('content-type') ?? '';
          expect(formField(Buffer.from(await response.arrayBuffer()), type, 'json')).toBe(wanted);
        }
      }),
    );
  });

  const type = 'multipart/form-data; boundary=X';
  const field = (body: string) => formField(Buffer.from(body), type, 'json');
  test.each([
    ['a preamble', '\r\nhello\r\n--X\r\nContent-Disposition: form-data; name="json"\r\n\r\n1\r\n--X--'],
    [
      'other headers',
      '--X\r\nContent-Type: text/plain\r\nContent-Length: 1\r\nCONTENT-DISPOSITION: form-data; name=json\r\n\r\n1\r\n--X--',
    ],
    [
      'padding after the boundary',
      '--X  \r\nContent-Disposition: form-data; name="json"\r\n\r\n1\r\n--X--\r\n',
    ],
    [
      'a file name',
      '--X\r\nContent-Disposition: form-data; filename="name=x"; name="json"\r\n\r\n1\r\n--X--\r\n',
    ],
  ])('is found with %s', (_, body) => {
    expect(field(body)).toBe('1');
  });
  test.each([
    ['after the end', '--X--\r\n--X\r\nContent-Disposition: form-data; name="json"\r\n\r\n1\r\n--X--'],
    ['under another name', '--X\r\nContent-Disposition: form-data; name="jsons"\r\n\r\n1\r\n--X--'],
    ['in the body of another', '--X\r\nContent-Disposition: form-data; name="a"\r\n\r\nname="json"\r\n--X--'],
    ['in a file name', '--X\r\nContent-Disposition: form-data; filename="name=json"\r\n\r\n1\r\n--X--'],
  ])('is not found %s', (_, body) => {
    expect(field(body)).toBeNull();
  });
  test('a megabyte made to be slow takes no time', () => {
    const bodies = [
      '--X\r\n\r\n'.repeat(140_000),
      '\r\n--X'.repeat(200_000),
      '--X\r\n'.padEnd(1e6, 'a: b\r\n'),
      '&'.repeat(1e6),
    ];
    const start = performance.now();
    for (const body of bodies) {
      field(body);
      formField(Buffer.from(body), 'application/x-www-form-urlencoded', 'json');
    }
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

describe('when to come back', () => {
  const at = (headers: Readonly<Record<string, string>>) => comeBackAt(answer(429, '', headers));
  const inSeconds = (seconds: number) => now + seconds * 1_000;
  test.each([
    ['seconds', { 'retry-after': '100' }, inSeconds(100)],
    ['a date', { 'retry-after': new Date(inSeconds(60)).toUTCString() }, inSeconds(60)],
    ['Unix seconds', { 'x-ratelimit-reset': String(inSeconds(30) / 1_000) }, inSeconds(30)],
    [
      'the later of two',
      { 'retry-after': '5', 'x-ratelimit-reset': String(inSeconds(30) / 1_000) },
      inSeconds(30),
    ],
    ['no further than a day', { 'retry-after': '999999999' }, inSeconds(86_400)],
    ['a time that is over', { 'x-ratelimit-reset': String(inSeconds(-1) / 1_000) }, null],
    ['nonsense', { 'retry-after': 'soon', 'x-ratelimit-reset': '-5' }, null],
    ['nothing', {}, null],
  ])('%s', (_, headers, expected) => {
    expect(at(headers)).toBe(expected);
  });
});
