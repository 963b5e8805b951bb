import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { settingMeanings } from '../../shared/setting-meanings.ts';
import { readSetting, settingNames, settings } from '../../shared/settings.ts';

const places = { function: 'functions', template: 'template', local: 'local stack' } as const;

test('docs/operations.md lists every setting with its default', async () => {
  const rows = settingNames.map((name) => {
    const { default: value, where } = settings[name];
    return `| \`${name}\` | ${value === null ? '–' : `\`${value}\``} | ${places[where]} | ${settingMeanings[name]} |`;
  });
  const table = ['| setting | default | where | |', '| --- | --- | --- | --- |', ...rows].join('\n');
  const page = await readFile(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  expect(page).toContain(table);
});

describe('a setting', () => {
  test('that is not given, or empty, has its default', () => {
    expect(readSetting({}, 'CONFIRMATION_WINDOW_SECONDS')).toBe(3600);
    expect(readSetting({ RECOVERY_SECONDS: '' }, 'RECOVERY_SECONDS')).toBe(60);
    expect(readSetting({}, 'PUBLIC_BASE_URL')).toBeNull();
  });

  test.each([
    ['RETRY_BASE_MS', '1.5'],
    ['RETRY_BASE_MS', '-1'],
    ['PORT', '70000'],
    ['SIMULATORS', 'yes'],
    ['PUBLIC_BASE_URL', 'https://api.example/'],
    ['PROVIDER_TIMEOUT_MS', '30000'],
  ] as const)('%s=%s is refused by name', (name, value) => {
    expect(() => readSetting({ [name]: value }, name)).toThrow(new RegExp(`^${name}=`));
  });
});
