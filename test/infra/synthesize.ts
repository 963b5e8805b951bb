/** Synthesizes the stack around stand-ins for the bundles, which have a test of their own. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod/mini';
import { RescindStack } from '../../infra/stack.ts';

const Resources = z.record(
  z.string(),
  z.object({
    Type: z.string(),
    Properties: z._default(z.record(z.string(), z.unknown()), {}),
    DependsOn: z.optional(z.array(z.string())),
    DeletionPolicy: z.optional(z.string()),
    UpdateReplacePolicy: z.optional(z.string()),
  }),
);
export type Resource = z.output<typeof Resources>[string];

export interface Synthesized {
  readonly template: Template;
  readonly resources: Readonly<Record<string, Resource>>;
  /** Logical ids and properties of every resource of a type. */
  ofType(type: string): (readonly [id: string, properties: Resource['Properties']])[];
}

type Context = Readonly<Record<string, unknown>>;

/** @throws Error of the stack, for a context that it refuses */
export const synthesize = (context: Context = {}): Synthesized =>
  withStack(context, (stack) => synthesized(Template.fromStack(stack)));

/** The stack before it is synthesized; its output folder is gone afterwards. */
export const withStack = <T>(context: Context, use: (stack: RescindStack, app: App) => T): T => {
  const folder = mkdtempSync(join(tmpdir(), 'rescind-template-'));
  try {
    const code = join(folder, 'code');
    mkdirSync(code);
    writeFileSync(join(code, 'index.mjs'), '');
    const bundles = {
      api: code,
      dialects: code,
      accounts: code,
      dispatch: code,
      webhook: code,
      sweep: code,
      notify: code,
      docs: code,
    };
    const app = new App({ outdir: join(folder, 'cdk.out'), context });
    return use(new RescindStack(app, 'Rescind', bundles), app);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const synthesized = (template: Template): Synthesized => {
  const resources = Resources.parse(template.toJSON()['Resources']);
  const ofType = (type: string) =>
    Object.entries(resources).flatMap(([id, resource]) =>
      resource.Type === type ? [[id, resource.Properties] as const] : [],
    );
  return { template, resources, ofType };
};
