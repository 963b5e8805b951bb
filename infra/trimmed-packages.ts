/** What of the packages goes into a bundle: parts that no function can use are replaced or left out. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { BuildOptions, Plugin } from 'esbuild';
import * as z from 'zod/mini';

/**
 * By client, the errors that are told apart by their class somewhere. Any other arrives as the service's own, with its
 * name; from SQS with its older code, such as `AWS.SimpleQueueService.NonExistentQueue`.
 */
export const handledErrors: Readonly<Record<string, readonly string[]>> = {
  'client-dynamodb': ['ConditionalCheckFailedException'],
  'client-sqs': [],
  'client-secrets-manager': ['ResourceNotFoundException'],
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
 * A client's schemas are written so that none of them could be left out: it registers every error of its service, and
 * spells a few words as computed keys, which count as a side effect. A tenth of a bundle.
 */
const usedSchemasOnly: Plugin = {
  name: 'used-schemas-only',
  setup: ({ onLoad }) => {
    const filter = /@aws-sdk[\\/]client-[^\\/]+[\\/]dist-es[\\/]schemas[\\/][^\\/]+\.js$/;
    onLoad({ filter }, async ({ path }) => {
      const [client = ''] = /client-[^\\/]+/.exec(path) ?? [];
      const code = await readFile(path, 'utf8');
      const words = new Map(
        [...code.matchAll(/^const (_\w+) = ("[^"]*");$/gm)].map(([, name = '', word]) => [name, word]),
      );
      const contents = code
        .replace(/^n0_registry\.registerError\((\w+)\$, \w+\);$/gm, (line, error) =>
          handledErrors[client]?.includes(error) === false ? '' : line,
        )
        .replace(/\[(_\w+)\]:/g, (key, name) => (words.has(name) ? `${words.get(name)}:` : key));
      return { contents, loader: 'js' };
    });
  },
};

/** Files of the SDK for runtimes and settings that no function has, and what stands in for each. */
const standIns: readonly { readonly file: RegExp; readonly contents: string }[] = [
  // Hashes in JavaScript: Node has its own.
  {
    file: /[\\/]checksum[\\/](sha256[\\/]Sha256Js|md5[\\/]Md5Js)\.js$/,
    contents: 'export const Sha256Js = undefined, Md5Js = undefined;',
  },
  // What a developer's machine has in its home.
  {
    file: /[\\/]loadSharedConfigFiles\.js$/,
    contents: `export { CONFIG_PREFIX_SEPARATOR } from './constants';
      export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });`,
  },
  // Retries with a rate limiter, asked for by a variable that the template does not set.
  { file: /[\\/]AdaptiveRetryStrategy\.js$/, contents: 'export const AdaptiveRetryStrategy = undefined;' },
  // Headers of events in a stream: the services used here have none.
  {
    file: /[\\/]signature-v4[\\/]dist-es[\\/]HeaderFormatter\.js$/,
    contents: 'export class HeaderFormatter {}',
  },
  // The region of a virtual machine; a function is told its own.
  {
    file: /[\\/]getInstanceMetadataRegion\.js$/,
    contents: 'export const getInstanceMetadataRegion = async () => undefined;',
  },
];

const withStandIns: Plugin = {
  name: 'with-stand-ins',
  setup: ({ onLoad }) => {
    for (const { file, contents } of standIns) onLoad({ filter: file }, () => ({ contents, loader: 'js' }));
  },
};

/** A partition finds its regions by a pattern; the list of their names is needed only for those that it misses. */
const regionsByPattern: Plugin = {
  name: 'regions-by-pattern',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[\\/]util-endpoints[\\/]lib[\\/]aws[\\/]partitions\.js$/ }, async ({ path }) => {
      const { partitionsInfo } = await import(pathToFileURL(path).href);
      const partitions = z.array(partition).parse(partitionsInfo.partitions);
      const short = partitions.map(({ regions, ...rest }) => ({ ...rest, regions: missedBy(rest, regions) }));
      return {
        contents: `export const partitionsInfo = ${JSON.stringify({ partitions: short })};`,
        loader: 'js',
      };
    });
  },
};

const partition = z.looseObject({ regionRegex: z.string(), regions: z.record(z.string(), z.unknown()) });

const missedBy = ({ regionRegex }: { readonly regionRegex: string }, regions: object) =>
  Object.fromEntries(
    Object.keys(regions)
      .filter((name) => !new RegExp(regionRegex).test(name))
      .map((name) => [name, {}]),
  );

/** One function is called through two namespaces, which keeps the whole module of the inner one. */
const zodWithoutDetour: Plugin = {
  name: 'zod-without-detour',
  setup: ({ onLoad }) => {
    onLoad({ filter: /zod[\\/]v4[\\/]mini[\\/]schemas\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll('core.util.', 'util.'),
      loader: 'js',
    }));
  },
};

const ours = (file: string): string => fileURLToPath(new URL(`../shared/aws/${file}`, import.meta.url));

/** To be merged into esbuild's options. */
export const trimmedPackages = {
  alias: {
    '@aws-sdk/credential-provider-node': ours('function-credentials.ts'),
    '@aws-sdk/middleware-endpoint-discovery': ours('no-endpoint-discovery.ts'),
  },
  // Loaded on demand by operations that stream events.
  external: ['@smithy/core/event-streams'],
  plugins: [versionOnly, usedSchemasOnly, withStandIns, regionsByPattern, zodWithoutDetour],
} satisfies BuildOptions;
