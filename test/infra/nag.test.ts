/**
 * AWS's own rules for templates (cdk-nag: AwsSolutions and Serverless) hold, but for what `accepted-findings.ts` argues.
 *
 * They run here and not at every synthesis: a deployment differs from what is tested in a few values alone, a local start
 * need not wait for them, and a deployer who plugs in packs of their own should see every finding, not our opinion of it.
 */
import { type App, CfnResource, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import type { RescindStack } from '../../infra/stack.ts';
import { type AcceptedFinding, acceptedFindings, alarmEmail } from './accepted-findings.ts';
import { withStack } from './synthesize.ts';

/** The resources of a deployment without an address for its alarms are among those of one with it. */
const everything = { ALARM_EMAIL: alarmEmail };
const packs = (app: App) => [new AwsSolutionsChecks(app), new ServerlessChecks(app)];
const line = (finding: string, resource: string): string => `${finding} at ${resource}`;
const linesOf = ({ finding, resources }: AcceptedFinding): string[] =>
  resources.map((resource) => line(finding, resource));

const findingsIn = (app: App, stack: RescindStack): string[] =>
  packs(app)
    .flatMap((pack) => pack.validateScope(app).violations)
    .flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) =>
        line(ruleName, constructPath?.replace(`${stack.node.path}/`, '') ?? ''),
      ),
    );

describe("the packs' findings", () => {
  test('are those that are accepted with an argument, each at its one resource; an argument that is not needed has to go', () => {
    const found = withStack(everything, (stack, app) => findingsIn(app, stack));
    expect(
      found.sort(),
      'a finding is mended in the template, or accepted with an argument in test/infra/accepted-findings.ts',
    ).toEqual(acceptedFindings.flatMap(linesOf).sort());
  });

  test('without an address for alarms are among them', () => {
    const found = withStack({}, (stack, app) => findingsIn(app, stack));
    const accepted = acceptedFindings.flatMap(linesOf);
    expect(found.filter((each) => !accepted.includes(each))).toEqual([]);
    expect(found.length).toBeGreaterThan(0);
  });

  test('stop no synthesis that has the packs plugged in, once they are acknowledged where they are', () => {
    const report = withStack(everything, (stack, app) => {
      Validations.of(app).addPlugins(...packs(app));
      for (const { finding, resources, because } of acceptedFindings) {
        for (const path of resources)
          Validations.of(resourceAt(stack, path)).acknowledge({ id: finding, reason: because });
      }
      return app.synth();
    });
    expect(report.stacks).toHaveLength(1);
  });

  test('are explained in docs/accepted-findings.md', async () => {
    const rows = acceptedFindings.map(({ finding, where, wants, because }) =>
      tableRow([`\`${finding.replace(/<AWS::\w+>/g, '…')}\``, where, wants, because]),
    );
    const table = [tableRow(['finding', 'at', 'wants', 'not here, because']), tableRow(Array(4).fill('---'))];
    await expect(`${heading}\n${[...table, ...rows].join('\n')}\n`).toMatchFileSnapshot(
      '../../docs/accepted-findings.md',
    );
  });
});

/** @throws Error when there is no such resource: an acknowledgement would reach all that is below another construct. */
const resourceAt = (stack: RescindStack, path: string): CfnResource => {
  const found = path
    .split('/')
    .reduce((construct, id) => construct.node.findChild(id), stack.node.root.node.findChild(stack.node.id));
  if (!CfnResource.isCfnResource(found)) throw new Error(`${path} is no resource`);
  return found;
};

const tableRow = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const heading = `# Accepted findings

The rules of [cdk-nag](https://github.com/cdklabs/cdk-nag), packs AwsSolutions and Serverless, are part of the tests. What
they find in the template and what stays as it is all the same is here, rendered from \`test/infra/accepted-findings.ts\`
(\`npx vitest run test/infra/nag.test.ts -u\` writes it anew). A finding that is not here fails the test, and so does
a line that is no longer needed.
`;
