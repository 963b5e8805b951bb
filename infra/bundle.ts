/**
 * Bundles each function with everything that it needs, AWS SDK included, into one file.
 *
 * esbuild is called directly and not through NodejsFunction: one call per function is all there is to do, parts
 * of the SDK can be replaced by ours, and what is measured and tested is what is deployed.
 */
import { copyFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { openApiDocument } from '../shared/http/openapi.ts';
import { trimmedPackages } from './trimmed-packages.ts';

export const functionNames = [
  'api',
  'dialects',
  'accounts',
  'dispatch',
  'webhook',
  'sweep',
  'notify',
  'docs',
] as const;
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
    dialects: folderOf('dialects'),
    accounts: folderOf('accounts'),
    dispatch: folderOf('dispatch'),
    webhook: folderOf('webhook'),
    sweep: folderOf('sweep'),
    notify: folderOf('notify'),
    docs: folderOf('docs'),
  };
};

const bundleFunction = async (name: FunctionName, folder: string): Promise<void> => {
  await rm(folder, { recursive: true, force: true });
  await buildBundle(fromRoot(`functions/${name}/handler.ts`), join(folder, 'index.mjs'), [
    withoutUnusedSides(name),
  ]);
};

/** As every function is bundled, so that a test can see what a bundle does to code of its own. */
export const buildBundle = async (
  entryPoint: string,
  outfile: string,
  plugins: readonly Plugin[] = [],
): Promise<void> => {
  await build({
    entryPoints: [entryPoint],
    outfile,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // Not esbuild's default order for node, which picks the CommonJS builds: larger, and slower to start.
    mainFields: ['module', 'main'],
    ...trimmedPackages,
    plugins: [...trimmedPackages.plugins, ...plugins],
    legalComments: 'none',
    logLevel: 'error',
  });
};

/**
 * An adapter has its sides in files of these names, which export these, and the registry knows whole adapters. What a function never calls
 * is left out of its bundle, where it would be half of what all the adapters weigh.
 */
const adapterSides = {
  account: ['check', 'webhookSetup'],
  cancel: ['cancel'],
  create: ['create'],
  fields: ['creation', 'reminders'],
  find: ['find'],
  read: ['read'],
  remind: ['remind'],
  token: ['token'],
  webhook: ['webhook'],
} as const;
type AdapterSide = keyof typeof adapterSides;
const usedSides: Readonly<Record<FunctionName, readonly AdapterSide[]>> = {
  // It says what a provider takes before anything is sent there.
  api: ['fields'],
  dialects: ['fields'],
  // `webhook` says whether deliveries can be verified.
  accounts: ['account', 'token', 'webhook'],
  dispatch: ['cancel', 'create', 'find', 'read', 'remind', 'token'],
  // A key to verify with is fetched like anything else of the provider's.
  webhook: ['token', 'webhook'],
  sweep: [],
  notify: [],
  docs: [],
};

/** In place of a side that is left out: empty, so that a call of it by mistake throws. */
const emptySide = Object.values(adapterSides)
  .flat()
  .map((name) => `export const ${name} = {};`)
  .join('\n');

const withoutUnusedSides = (name: FunctionName): Plugin => ({
  name: 'without-unused-sides',
  setup: ({ onResolve, onLoad }) => {
    const used: readonly string[] = usedSides[name];
    const unused = Object.keys(adapterSides).filter((side) => !used.includes(side));
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
