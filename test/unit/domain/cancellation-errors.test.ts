import { expect, test } from 'vitest';
import { cancellationErrorMeanings } from '../../../shared/domain/cancellation-error-meanings.ts';

test('docs/cancellation-errors.md explains each error of a cancellation', async () => {
  const rows = Object.entries(cancellationErrorMeanings).map(
    ([type, meaning]) => `| \`${type}\` | ${meaning} |`,
  );
  await expect(`${heading}${rows.join('\n')}\n`).toMatchFileSnapshot('../../../docs/cancellation-errors.md');
});

const heading = `# Errors of a cancellation

\`cancellation.error\` is null or \`{type, detail, provider_status?}\`. An open cancellation has one while something stands
in its way; it goes on by itself. A rejected one says how the request ended, a failed one why it was given up. The
\`error\` of a creation and of a reminder, \`read_error\` and an account's \`health.reason\` are among these too. Rendered from the code by \`test/unit/domain/cancellation-errors.test.ts\`.

| type | |
| --- | --- |
`;
