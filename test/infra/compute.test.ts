/** The functions, the routes that lead to them, and the schedule. */
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { dialectRouteKeys } from '../../shared/http/dialects.ts';
import { defaultFunction, routes } from '../../shared/http/routes.ts';
import { settingNamesWhere } from '../../shared/settings.ts';
import { synthesize } from './synthesize.ts';

const { template, resources, ofType } = synthesize();

const FunctionProperties = z.object({
  Runtime: z.string(),
  Architectures: z.array(z.string()),
  Handler: z.string(),
  Timeout: z.number(),
  MemorySize: z.number(),
  LoggingConfig: z.object({ LogGroup: z.object({ Ref: z.string() }) }),
  Environment: z.optional(z.object({ Variables: z.record(z.string(), z.unknown()) })),
});
const functions = ofType('AWS::Lambda::Function').map(([id, properties]) => ({
  name: id.replace(/Function[0-9A-F]{8}$/, '').toLowerCase(),
  ...FunctionProperties.parse(properties),
}));

describe('the functions', () => {
  test('run on arm64 and Node 24, each with memory and a time-out of its own choice', () => {
    expect(functions.map(({ name, Timeout }) => [name, Timeout]).sort()).toEqual([
      ['accounts', 29],
      ['api', 29],
      ['dialects', 29],
      ['dispatch', 60],
      ['docs', 5],
      ['notify', 60],
      ['sweep', 60],
      ['webhook', 15],
    ]);
    for (const fn of functions) {
      expect(fn).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Handler: 'index.handler' });
      expect(fn.MemorySize).toBeGreaterThanOrEqual(256);
    }
  });

  test('every log has an end: no log group without retention, no function without a log group of its own', () => {
    for (const [, { RetentionInDays }] of ofType('AWS::Logs::LogGroup')) expect(RetentionInDays).toBe(30);
    expect(new Set(functions.map(({ LoggingConfig }) => LoggingConfig.LogGroup.Ref)).size).toBe(
      functions.length,
    );
  });

  test('no reserved concurrency: a new account has none to give, and throttled messages become dead letters', () => {
    for (const [, properties] of ofType('AWS::Lambda::Function')) {
      expect(properties).not.toHaveProperty('ReservedConcurrentExecutions');
    }
  });

  test('those that send to the queue that feeds them may go on: Lambda would stop a request that is retried often', () => {
    const loops = ofType('AWS::Lambda::Function').filter(
      ([, { RecursiveLoop }]) => RecursiveLoop === 'Allow',
    );
    expect(loops.map(([id]) => id.replace(/Function[0-9A-F]{8}$/, '')).sort()).toEqual([
      'Dispatch',
      'Notify',
    ]);
  });

  test('all that keep state are told every setting of theirs', () => {
    for (const { name, Environment } of functions) {
      const told = Object.keys(Environment?.Variables ?? {});
      expect(told).toEqual(
        name === 'docs' ? [] : expect.arrayContaining(['TABLE_NAME', ...settingNamesWhere('function')]),
      );
    }
  });

  test('an address of the API is made of its id alone: its routes would close a cycle', () => {
    const { Variables } = z
      .object({
        Variables: z.object({
          PUBLIC_BASE_URL: z.object({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) }),
        }),
      })
      .parse(functions.find(({ name }) => name === 'accounts')?.Environment);
    const [api] = ofType('AWS::ApiGatewayV2::Api').map(([id]) => id);
    expect(Variables.PUBLIC_BASE_URL['Fn::Join'][1]).toContainEqual({ Ref: api });
  });
});

const Integrated = z.object({
  PayloadFormatVersion: z.literal('2.0'),
  IntegrationUri: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
});
const Route = z.object({
  RouteKey: z.string(),
  Target: z.object({
    'Fn::Join': z.tuple([
      z.literal(''),
      z.tuple([z.literal('integrations/'), z.object({ Ref: z.string() })]),
    ]),
  }),
});

describe('the HTTP API', () => {
  test('leads every route to its function, and all else to the one that explains', () => {
    const found = ofType('AWS::ApiGatewayV2::Route').map(([, properties]) => {
      const { RouteKey, Target } = Route.parse(properties);
      const { IntegrationUri } = Integrated.parse(resources[Target['Fn::Join'][1][1].Ref]?.Properties);
      return [RouteKey, IntegrationUri['Fn::GetAtt'][0].replace(/Function[0-9A-F]{8}$/, '').toLowerCase()];
    });
    const expected = Object.values(routes).map(({ method, path, function: fn }) => [`${method} ${path}`, fn]);
    const dialects = dialectRouteKeys.map((routeKey) => [routeKey, 'dialects']);
    expect(found.sort()).toEqual([...expected, ...dialects, ['$default', defaultFunction]].sort());
  });

  describe.each(['POST /webhooks/{token}', 'GET /sign/{token}'])('open to anyone: %s', (routeKey) => {
    test('is throttled before the rest, in the spelling that CloudFormation takes', () => {
      const Limits = z.object({ ThrottlingRateLimit: z.number(), ThrottlingBurstLimit: z.number() });
      const stage = z
        .object({ DefaultRouteSettings: Limits, RouteSettings: z.record(z.string(), Limits) })
        .parse(ofType('AWS::ApiGatewayV2::Stage')[0]?.[1]);
      const open = stage.RouteSettings[routeKey];
      expect(open?.ThrottlingRateLimit).toBeLessThan(stage.DefaultRouteSettings.ThrottlingRateLimit);
      expect(open?.ThrottlingBurstLimit).toBeLessThan(stage.DefaultRouteSettings.ThrottlingBurstLimit);
    });

    test('is there before the stage that throttles it: API Gateway refuses the other order', () => {
      const [stage] = Object.values(resources).filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Stage');
      const [route] = ofType('AWS::ApiGatewayV2::Route').filter(([, { RouteKey }]) => RouteKey === routeKey);
      expect(stage?.DependsOn).toContain(route?.[0]);
    });
  });

  test("logs accesses without a path, which may be a webhook's or a signer's secret, and without a query", () => {
    const { AccessLogSettings } = z
      .object({ AccessLogSettings: z.object({ Format: z.string() }) })
      .parse(ofType('AWS::ApiGatewayV2::Stage')[0]?.[1]);
    expect(JSON.parse(AccessLogSettings.Format)).toMatchObject({ route: '$context.routeKey' });
    expect(AccessLogSettings.Format).not.toMatch(/context\.path|rawPath|query|authorizer|\$context\.domain/i);
  });
});

describe('the stack', () => {
  test('sweeps every minute, and without a retry beside the next sweep', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(1 minute)',
      Targets: [{ RetryPolicy: { MaximumRetryAttempts: 0 } }],
    });
  });

  test('lets Lambda neither repeat a sweep that failed nor keep one that had to wait: no heap of old sweeps at once', () => {
    const [sweep] = ofType('AWS::Lambda::Function').filter(([id]) => id.startsWith('Sweep'));
    expect(ofType('AWS::Lambda::EventInvokeConfig').map(([, properties]) => properties)).toEqual([
      {
        FunctionName: { Ref: sweep?.[0] },
        Qualifier: '$LATEST',
        MaximumRetryAttempts: 0,
        MaximumEventAgeInSeconds: 60,
      },
    ]);
  });

  test('names nothing, so that it can be deployed twice', () => {
    const naming = /^(Table|Queue|Function|Role|Topic|Alarm|LogGroup)Name$/;
    const named = Object.entries(resources).flatMap(([id, { Type, Properties }]) => {
      const names = Object.keys(Properties).filter(
        (key) => naming.test(key) || (key === 'Name' && Type !== 'AWS::ApiGatewayV2::Api'),
      );
      // These name the function, or the log group, that they belong to.
      return /Mapping|Permission|EventInvokeConfig|MetricFilter/.test(Type)
        ? []
        : names.map((name) => `${id}.${name}`);
    });
    expect(named).toEqual([]);
  });

  test('prints its address and the command that makes the first key', () => {
    for (const output of ['ApiUrl', 'TableName', 'CreateFirstKeyCommand']) template.hasOutput(output, {});
    expect(JSON.stringify(template.findOutputs('CreateFirstKeyCommand'))).toContain(
      'npm run keys -- create --tenant default',
    );
  });
});
