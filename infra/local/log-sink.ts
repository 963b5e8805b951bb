/** Every event of a run as one JSON line in a file, and as one short line on the terminal. */
import { createWriteStream, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LogFields, LogLevel } from '../../shared/log.ts';
import { parseJson } from './aws-calls.ts';
import { isRecord } from './intrinsics.ts';

export interface LogSink {
  /** A line that a function wrote: kept as it is, with the function's name. Text that is no JSON is a crash. */
  functionLine(functionName: string, text: string): void;
  event(level: LogLevel, event: string, fields?: LogFields): void;
  close(): Promise<void>;
}

const rotateAtBytes = 50 * 1024 * 1024;

/** @param print receives the short lines */
export const openLogSink = (directory: string, print: (line: string) => void): LogSink => {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, 'rescind.jsonl');
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > rotateAtBytes) renameSync(path, `${path}.1`);
  const file = createWriteStream(path, { flags: 'a' });
  const write = (entry: Readonly<Record<string, unknown>>): void => {
    file.write(`${JSON.stringify(entry)}\n`);
    print(shortLine(entry));
  };
  return {
    functionLine: (functionName, text) => {
      const parsed = parseJson(text);
      if (isRecord(parsed)) return write({ function: functionName, ...parsed });
      write({ time: new Date().toISOString(), level: 'error', function: functionName, event: 'text', text });
    },
    event: (level, event, fields = {}) => write({ time: new Date().toISOString(), level, event, ...fields }),
    close: () => new Promise((resolve) => file.end(resolve)),
  };
};

/** `12:30:05 dispatch confirmed id=sr_1 ms=12` */
const shortLine = ({
  time,
  level,
  event,
  function: name,
  trace_id: _trace,
  FunctionName: _function,
  ...fields
}: Readonly<Record<string, unknown>>): string => {
  const clock = typeof time === 'string' ? time.slice(11, 19) : new Date().toISOString().slice(11, 19);
  const mark = level === 'error' || level === 'warn' ? `${String(level).toUpperCase()} ` : '';
  const details = Object.entries(fields)
    .filter(([, value]) => value !== null && typeof value !== 'object')
    .map(([key, value]) => `${key}=${value}`);
  const line = [clock, String(name ?? 'stack').padEnd(8), `${mark}${event ?? 'metrics'}`, ...details].join(
    ' ',
  );
  return line.length > 220 ? `${line.slice(0, 219)}…` : line;
};
