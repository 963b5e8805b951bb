/**
 * Bundles each function with everything that it needs, AWS SDK included, into one file.
 *
 * esbuild is called directly and not through NodejsFunction: one call per function is all there is to do, parts
 * of the SDK can be replaced by ours, and what is measured and tested is what is deployed.
 */
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { openApiDocument } from '../shared/http/openapi.ts';

export const functionNames = ['api', 'accounts', 'dispatch', 'webhook', 'sweep', 'docs'] as const;
export type FunctionName = (typeof functionNames)[number];

/** For each function the folder that holds its `index.mjs`. */
export type Bundles = Readonly<Record<FunctionName, string>>;

/** Writes every function's bundle below `outdir`. */
export const bundleFunctions = async (outdir: string): Promise<Bundles> => {
  const folderOf = (name: FunctionName): string => join(outdir, 'bundles', name);
  await Promise.all(functionNames.map((name) => bundleFunction(name, folderOf(name))));
  await addDocumentation(folderOf('docs'));
  return {
    api: folderOf('api'),
    accounts: folderOf('accounts'),
    dispatch: folderOf('dispatch'),
    webhook: folderOf('webhook'),
    sweep: folderOf('sweep'),
    docs: folderOf('docs'),
  };
};

const bundleFunction = async (name: FunctionName, folder: string): Promise<void> => {
  await rm(folder, { recursive: true, force: true });
  await build({
    entryPoints: [fromRoot(`functions/${name}/handler.ts`)],
    outfile: join(folder, 'index.mjs'),
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // Not esbuild's default order for node, which picks the CommonJS builds: larger, and slower to start.
    mainFields: ['module', 'main'],
    alias: {
      '@aws-sdk/credential-provider-node': fromRoot('shared/aws/function-credentials.ts'),
      '@aws-sdk/middleware-endpoint-discovery': fromRoot('shared/aws/no-endpoint-discovery.ts'),
    },
    // Loaded on demand by operations that stream events. The services used here have none.
    external: ['@smithy/core/event-streams'],
    plugins: [versionOnly, withoutUnusedSides(name)],
    legalComments: 'none',
    logLevel: 'error',
  });
};

/** Of its own package.json an SDK client reads the version, and nothing else. */
const versionOnly: Plugin = {
  name: 'version-only',
  setup: ({ onLoad }) => {
    onLoad({ filter: /@aws-sdk[\\/]client-[^\\/]+[\\/]package\.json$/ }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

/**
 * An adapter has its sides in files of these names, and the registry knows whole adapters. What a function never calls
 * is left out of its bundle, where it would be half of what all the adapters weigh.
 */
const adapterSides = ['account', 'cancel', 'read', 'token', 'webhook'] as const;
const usedSides: Readonly<Record<FunctionName, readonly (typeof adapterSides)[number][]>> = {
  api: [],
  // `webhook` says whether deliveries can be verified.
  accounts: ['account', 'token', 'webhook'],
  dispatch: ['cancel', 'read', 'token'],
  // A key to verify with is fetched like anything else of the provider's.
  webhook: ['token', 'webhook'],
  sweep: [],
  docs: [],
};

/** In place of a side that is left out: empty, so that a call of it by mistake throws. */
const emptySide = ['check', 'webhookSetup', 'cancel', 'read', 'token', 'webhook']
  .map((name) => `export const ${name} = {};`)
  .join('\n');

const withoutUnusedSides = (name: FunctionName): Plugin => ({
  name: 'without-unused-sides',
  setup: ({ onResolve, onLoad }) => {
    const unused = adapterSides.filter((side) => !usedSides[name].includes(side));
    onResolve({ filter: new RegExp(`^\\./(${unused.join('|')})\\.ts$`) }, ({ importer, path }) =>
      /[\\/]shared[\\/]providers[\\/][^\\/]+[\\/]provider\.ts$/.test(importer)
        ? { path, namespace: 'unused-side' }
        : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'unused-side' }, () => ({ contents: emptySide, loader: 'js' }));
  },
});

/** What the docs function serves from its own folder: no CDN, and no generator at run time. */
const addDocumentation = async (folder: string): Promise<void> => {
  const { resolve } = createRequire(import.meta.url);
  for (const asset of ['swagger-ui-dist/swagger-ui-bundle.js', 'swagger-ui-dist/swagger-ui.css']) {
    await copyFile(resolve(asset), join(folder, basename(asset)));
  }
  await writeFile(join(folder, 'openapi.json'), JSON.stringify(openApiDocument()));
};

const fromRoot = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
