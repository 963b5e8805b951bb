/**
 * The OpenAPI 3.1 document, made of the routes, the schemas that validate, and the catalogue of problems. Made when
 * the functions are bundled: no function carries the generator.
 */
import * as z from 'zod/mini';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import type { OperationDescription } from './openapi/description.ts';
import { problemMembers } from './openapi/examples.ts';
import { descriptions } from './openapi/operations.ts';
import { parameterSchemas, problemSchema } from './openapi/schemas.ts';
import { type ProblemName, problemMediaType, problemTypes, problemTypeUri } from './problem.ts';
import { type Operation, routes } from './routes.ts';

export const openApiDocument = (): object =>
  createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Rescind',
      version: '1',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description:
        'Creates signature requests at e-signature providers, follows them, cancels them and proves that they are ' +
        'cancelled. JSON in snake_case, times in UTC (RFC 3339), errors as problem details (RFC 9457). Unknown fields ' +
        'in a request are refused.',
    },
    servers: [{ url: '/' }],
    paths: paths(),
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key.' },
        header: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'The same API key.' },
      },
    },
  });

const paths = (): ZodOpenApiPathsObject => {
  const byPath: ZodOpenApiPathsObject = {};
  for (const operation of Object.keys(routes) as Operation[]) {
    const { path, method } = routes[operation];
    byPath[path] = { ...byPath[path], [method.toLowerCase()]: describe(operation, descriptions[operation]) };
  }
  return byPath;
};

const describe = (operation: Operation, description: OperationDescription): ZodOpenApiOperationObject => {
  const { path, key } = routes[operation];
  const { summary, tag, query, body, headers, answers, problems } = description;
  const parameters = parameterSchemas(path);
  return {
    operationId: operation,
    summary,
    tags: [tag],
    ...(description.description === undefined ? {} : { description: description.description }),
    security: key ? [{ bearer: [] }, { header: [] }] : [],
    requestParams: {
      ...(Object.keys(parameters).length === 0 ? {} : { path: z.object(parameters) }),
      ...(query === undefined ? {} : { query }),
      ...(headers === undefined ? {} : { header: headers }),
    },
    ...(body === undefined ? {} : { requestBody: requestBody(body) }),
    responses: { ...answers, ...problemResponses([...problems, ...commonProblems(key)]), ...tooMany },
  };
};

const requestBody = ({ schema, required, examples }: NonNullable<OperationDescription['body']>) => ({
  required,
  content: { 'application/json': { schema, examples } },
});

const commonProblems = (key: boolean): readonly ProblemName[] =>
  key ? ['unauthenticated', 'internal-error', 'temporarily-unavailable'] : ['internal-error'];

const problemResponses = (names: readonly ProblemName[]) => {
  const byStatus = Map.groupBy(names, (name) => problemTypes[name].status);
  return Object.fromEntries([...byStatus].map(([status, same]) => [String(status), problemResponse(same)]));
};

const problemResponse = (names: readonly ProblemName[]) => ({
  description: names.map((name) => `${problemTypes[name].title} (\`${name}\`).`).join(' '),
  content: {
    [problemMediaType]: {
      schema: problemSchema,
      examples: Object.fromEntries(names.map((name) => [name, { value: exampleOf(name) }])),
    },
  },
});

const exampleOf = (name: ProblemName) => ({
  type: problemTypeUri(name),
  title: problemTypes[name].title,
  status: problemTypes[name].status,
  ...problemMembers[name],
  request_id: 'a2b8c9d0-5c1f-4c55-9f0e-2f3b8f6c7d11',
});

/** The gateway's own answer, before any function runs. */
const tooMany = { '429': { description: 'Too many requests: the gateway throttles. Repeat later.' } };
