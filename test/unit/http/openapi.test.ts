import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { putAccountBody } from '../../../shared/http/contract/account-body.ts';
import { createRequestBody } from '../../../shared/http/contract/creation.ts';
import { providerPage } from '../../../shared/http/contract/providers.ts';
import {
  cancelBody,
  createCancellationBody,
  importBody,
  remindBody,
  resolveBody,
} from '../../../shared/http/contract/requests.ts';
import * as responses from '../../../shared/http/contract/responses.ts';
import * as examples from '../../../shared/http/openapi/examples.ts';
import * as requestExamples from '../../../shared/http/openapi/request-examples.ts';
import { openApiDocument } from '../../../shared/http/openapi.ts';
import { problemNames, problemTypes } from '../../../shared/http/problem.ts';
import { type Operation, routes } from '../../../shared/http/routes.ts';
import { splitSignToken } from '../../../shared/http/sign-token.ts';
import { refusedFields } from '../../../shared/providers/refused-fields.ts';
import { providerNamed, providerNames } from '../../../shared/providers/registry.ts';

const operationShape = z.object({
  operationId: z.string(),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z.optional(
    z.array(z.object({ name: z.string(), in: z.string(), required: z.optional(z.boolean()) })),
  ),
  responses: z.record(z.string(), z.object({ description: z.string() })),
});
const documentShape = z.object({
  openapi: z.literal('3.1.0'),
  paths: z.record(z.string(), z.record(z.string(), operationShape)),
  components: z.object({
    schemas: z.record(z.string(), z.unknown()),
    securitySchemes: z.record(z.string(), z.unknown()),
  }),
});
const document = openApiDocument();
const { paths, components } = documentShape.parse(document);

describe('the OpenAPI document', () => {
  test.each(Object.keys(routes) as Operation[])(
    'has %s, with its security and path parameters',
    (operation) => {
      const { method, path, key } = routes[operation];
      const described = paths[path]?.[method.toLowerCase()];
      expect(described?.operationId).toBe(operation);
      expect(described?.security).toEqual(key ? [{ bearer: [] }, { header: [] }] : []);
      const inPath = described?.parameters?.filter((parameter) => parameter.in === 'path') ?? [];
      expect(inPath.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
      expect(inPath.every(({ required }) => required === true)).toBe(true);
      if (key)
        expect(Object.keys(described?.responses ?? {})).toEqual(
          expect.arrayContaining(['401', '429', '503']),
        );
    },
  );

  test('has nothing besides', () => {
    const count = Object.values(paths).reduce((sum, methods) => sum + Object.keys(methods).length, 0);
    expect(count).toBe(Object.keys(routes).length);
  });

  test('every reference leads to a schema, every schema is used', () => {
    const used = new Set(JSON.stringify(document).match(/#\/components\/schemas\/\w+/g));
    expect([...used].sort()).toEqual(
      Object.keys(components.schemas)
        .map((name) => `#/components/schemas/${name}`)
        .sort(),
    );
  });

  test('every problem is documented somewhere', () => {
    const text = JSON.stringify(document);
    const shown = problemNames.filter((name) => text.includes(`{"type":"/problems/${name}","title"`));
    // A path without a route has no operation to document it at.
    expect([...shown, 'method-not-allowed'].sort()).toEqual([...problemNames].sort());
  });

  test('knows the two kinds of tokens apart', () => {
    const lengths = ['/webhooks/{token}', '/sign/{token}'].map((path) => {
      const text = JSON.stringify(document);
      const from = text.indexOf(`"${path}"`);
      return /"pattern":"\^\[[^"]*\{(\d+)\}\$"/.exec(text.slice(from))?.[1];
    });
    expect(lengths).toEqual(['32', '44']);
  });

  test('says how long a reason may be and which limits a page has', () => {
    expect(JSON.stringify(document)).toContain('"maxLength":1000');
    expect(JSON.stringify(document)).toContain('"minimum":1,"maximum":100,"default":20');
  });
});

describe('every example is what its schema takes', () => {
  test('bodies', () => {
    createCancellationBody.parse(examples.createCancellationExample);
    cancelBody.parse(examples.cancelExample);
    expect(Object.keys(examples.putAccountExamples)).toEqual(providerNames);
    for (const { value } of Object.values(examples.putAccountExamples)) putAccountBody.parse(value);
    importBody.parse(requestExamples.importExample);
    for (const { value } of Object.values(requestExamples.remindExamples)) remindBody.parse(value);
    for (const { value } of Object.values(requestExamples.resolveExamples)) resolveBody.parse(value);
  });

  test.each(Object.entries(requestExamples.createRequestExamples))(
    'a request to create, by %s: its provider has all of it',
    (_by, { value }) => {
      const wanted = createRequestBody.parse(value);
      const provider = providerNamed(wanted.account_id);
      if (provider === null) throw new Error('the account is not named after its provider');
      expect(refusedFields(provider, wanted, {})).toEqual([]);
    },
  );

  test('answers', () => {
    responses.account.parse(examples.accountExample);
    responses.accountCheck.parse(examples.accountCheckExample);
    for (const { value } of Object.values(examples.webhookRegistrationExamples)) {
      responses.webhookRegistration.parse(value);
    }
    responses.signatureRequest.parse(examples.queuedExample);
    responses.signatureRequest.parse(examples.confirmedExample);
    responses.historyPage.parse(examples.historyExample);
    responses.signatureRequest.parse(requestExamples.creatingExample);
    responses.signatureRequest.parse(requestExamples.sentExample);
    responses.signatureRequest.parse(requestExamples.remindingExample);
    responses.signatureRequest.parse(requestExamples.remindedExample);
    providerPage.parse(requestExamples.providerPageExample);
    const url = requestExamples.sentExample.signers[0]?.sign_url.split('/').at(-1) ?? '';
    expect(splitSignToken(url)).not.toBeNull();
  });
});

test('docs/problems.md has a section for each problem, with its status and title, and no other', async () => {
  const text = await readFile(new URL('../../../docs/problems.md', import.meta.url), 'utf8');
  const sections = [...text.matchAll(/^## (\S+)\n\n(\d+): (.+)\.\n\n\S/gm)].map(
    ([, name, status, title]) => ({
      name,
      status: Number(status),
      title,
    }),
  );
  expect(sections).toEqual(
    problemNames.map((name) => ({
      name,
      status: problemTypes[name].status,
      title: problemTypes[name].title,
    })),
  );
});
