/** What of the packages goes into a bundle: parts that no function can use are replaced or left out. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
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
  // Copies each call and its answer without what is sensitive, for the client's own log: no client here has one.
  {
    file: /[\\/]middleware-logger[\\/]loggerMiddleware\.js$/,
    contents: `export const loggerMiddleware = undefined, loggerMiddlewareOptions = undefined;
      export const getLoggerPlugin = () => ({ applyToStack: () => {} });`,
  },
  // Retries with a rate limiter, asked for by a variable that the template does not set.
  { file: /[\\/]AdaptiveRetryStrategy\.js$/, contents: 'export const AdaptiveRetryStrategy = undefined;' },
  // Headers of events in a stream: the services used here have none.
  {
    file: /[\\/]signature-v4[\\/]dist-es[\\/]HeaderFormatter\.js$/,
    contents: 'export class HeaderFormatter {}',
  },
  // What the rules for addresses look up, in place of which a bundle has plain ones: see `plainEndpoints`.
  {
    file: /[\\/]util-endpoints[\\/]lib[\\/]aws[\\/]partitions\.js$/,
    contents: 'export const partitionsInfo = { partitions: [] };',
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

/**
 * Where a service answers is a matter of its name and its region, as a function calls it. The rules that a client carries
 * for it are for addresses that no function uses: FIPS, dual stack, an AWS account's own.
 */
const plainEndpoints: Plugin = {
  name: 'plain-endpoints',
  setup: ({ onResolve, onLoad }) => {
    const resolver = /@aws-sdk[\\/]client-[^\\/]+[\\/]dist-es[\\/]endpoint[\\/]endpointResolver\.js$/;
    onLoad({ filter: resolver }, async ({ path }) => {
      const parameters = await readFile(join(dirname(path), 'EndpointParameters.js'), 'utf8');
      const [, service] = /defaultSigningName: "([a-z]+)"/.exec(parameters) ?? [];
      if (service === undefined) throw new Error(`${path}: no service is named beside it`);
      return { contents: plainResolver(service), loader: 'js', resolveDir: dirname(path) };
    });
    onResolve({ filter: /^dns-suffixes$/ }, async ({ resolveDir }) => ({
      path: createRequire(join(resolveDir, 'x')).resolve('@aws-sdk/core/client'),
      namespace: 'dns-suffixes',
    }));
    onLoad({ filter: /.*/, namespace: 'dns-suffixes' }, async ({ path }) => {
      const root = path.slice(0, path.lastIndexOf('dist-'));
      const list = join(root, 'dist-es/submodules/client/util-endpoints/lib/aws/partitions.js');
      const { partitionsInfo } = await import(pathToFileURL(list).href);
      return { contents: dnsSuffixes(z.array(partition).parse(partitionsInfo.partitions)), loader: 'js' };
    });
  },
};

const plainResolver = (service: string): string => `
  import { dnsSuffixOf } from 'dns-suffixes';
  export const defaultEndpointResolver = ({ Endpoint, Region, UseFIPS, UseDualStack }) => {
    if (UseFIPS || UseDualStack) throw new Error('FIPS and dual-stack addresses are left out of the bundle');
    return {
      url: new URL(Endpoint ?? \`https://${service}.\${Region}.\${dnsSuffixOf(Region)}\`),
      properties: {},
      headers: {},
    };
  };`;

const partition = z.looseObject({
  regionRegex: z.string(),
  regions: z.record(z.string(), z.unknown()),
  outputs: z.looseObject({ dnsSuffix: z.string() }),
});

/** A partition finds its regions by a pattern; the list of their names is needed only for those that it misses. */
const dnsSuffixes = (partitions: readonly z.output<typeof partition>[]): string => {
  const named = partitions.flatMap(({ regionRegex, regions, outputs }) =>
    Object.keys(regions)
      .filter((name) => !new RegExp(regionRegex).test(name))
      .map((name) => [name, outputs.dnsSuffix]),
  );
  const patterns = partitions.map(({ regionRegex, outputs }) => [regionRegex, outputs.dnsSuffix]);
  return `
    const named = ${JSON.stringify(Object.fromEntries(named))};
    const patterns = ${JSON.stringify(patterns)};
    export const dnsSuffixOf = (region) =>
      named[region] ?? (patterns.find(([pattern]) => new RegExp(pattern).test(region)) ?? patterns[0])[1];`;
};

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
  plugins: [versionOnly, usedSchemasOnly, withStandIns, plainEndpoints, zodWithoutDetour],
} satisfies BuildOptions;
