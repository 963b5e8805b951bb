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
    ['no blanks', '--X\r\nContent-Disposition:form-data;name=json\r\n\r\n1\r\n--X--'],
    ['more blanks', '--X\r\nContent-Disposition: \t form-data; \t name="json"\r\n\r\n1\r\n--X--'],
    [
      'a part without a name before it',
      '--X\r\n\r\n0\r\n--X\r\ncontent-disposition: form-data; name=json\r\n\r\n1\r\n--X--',
    ],
  ])('is found with %s', (_, body) => {
    expect(field(body)).toBe('1');
  });
  test.each([
    'multipart/form-data;boundary=X',
    'multipart/form-data ;  boundary="X"',
    'Multipart/Form-Data; charset=utf-8; BOUNDARY=X',
  ])('is found under the type %s', (written) => {
    const body = '--X\r\nContent-Disposition: form-data; name="json"\r\n\r\n1\r\n--X--';
    expect(formField(Buffer.from(body), written, 'json')).toBe('1');
  });
  test('is not looked for in what is no form, or has no boundary', () => {
    const part = (boundary: string) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="json"\r\n\r\n1\r\n--${boundary}--`;
    expect(formField(Buffer.from(part('X')), 'text/plain; boundary=X', 'json')).toBeNull();
    expect(formField(Buffer.from(part('undefined')), 'multipart/form-data', 'json')).toBeNull();
    expect(formField(Buffer.from('a=1'), 'application/x-www-form-urlencoded', 'json')).toBeNull();
  });
  test('is looked for in the first thirty-two parts, and no further', () => {
    const parts = (count: number) =>
      Array.from(
        { length: count },
        (_, n) => `--X\r\nContent-Disposition: form-data; name="f${n}"\r\n\r\n${n}\r\n`,
      ).join('');
    expect(formField(Buffer.from(`${parts(32)}--X--`), type, 'f31')).toBe('31');
    expect(formField(Buffer.from(`${parts(60)}--X--`), type, 'f59')).toBeNull();
  });
  test.each([
    ['after the end', '--X--\r\n--X\r\nContent-Disposition: form-data; name="json"\r\n\r\n1\r\n--X--'],
    [
      'after an end with blanks',
      '--X--  \r\n--X\r\nContent-Disposition: form-data; name="json"\r\n\r\n1\r\n--X--',
    ],
    ['in a preamble', 'Content-Disposition: form-data; name="json"\r\n\r\n1\r\n--X--'],
    ['in a part without a body', '--X\r\nContent-Disposition: form-data; name="json"\r\n--X--'],
    [
      'in a part that is cut off in its headers',
      '--X\r\nContent-Disposition: form-data; name="json"\r\nContent-Type: appl',
    ],
    [
      'in a header of the body of another',
      '--X\r\nContent-Type: a\r\n\r\nContent-Disposition: form-data; name="json"\r\n\r\n1\r\n--X--',
    ],
    ['on a line that is no header’s', '--XContent-Disposition: form-data; name="json"\r\n\r\n1\r\n--X--'],
    ['on the line of the boundary', '--X x\r\nContent-Disposition: form-data; name="json"\r\n\r\n1\r\n--X--'],
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
    ['a date by its offset', { 'retry-after': 'Sat, 21 Nov 2026 12:00:30 +0000' }, inSeconds(30)],
    ['a date that begins with digits', { 'retry-after': '2026-11-21T12:00:30Z' }, inSeconds(30)],
    ['a number in another form', { 'x-ratelimit-reset': '2e9' }, null],
    ['an endless one', { 'x-ratelimit-reset': 'Infinity' }, null],
    ['nothing', {}, null],
  ])('%s', (_, headers, expected) => {
    expect(at(headers)).toBe(expected);
  });
});
