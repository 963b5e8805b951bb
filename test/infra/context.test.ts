/** Settings reach the template through CDK context, and a bad one stops the deployment with its name. */
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { settingNamesWhere, settings } from '../../shared/settings.ts';
import { type Synthesized, synthesize } from './synthesize.ts';

const Environment = z.object({ Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }) });
const environmentOf = (name: string, { ofType }: Synthesized) =>
  Environment.parse(ofType('AWS::Lambda::Function').find(([id]) => id.startsWith(`${name}Function`))?.[1])
    .Environment.Variables;

describe('context', () => {
  test('needs to hold nothing: each function setting has its default', () => {
    const environment = environmentOf('Dispatch', synthesize());
    for (const name of settingNamesWhere('function')) {
      if (settings[name].default !== null) expect(environment[name]).toBe(settings[name].default);
    }
  });

  test('sets what the functions are told, given as text or as a number', () => {
    const environment = environmentOf(
      'Api',
      synthesize({ RETRY_BASE_MS: '250', RETENTION_DAYS: 30, PUBLIC_BASE_URL: 'https://cancel.example.com' }),
    );
    expect(environment).toMatchObject({
      RETRY_BASE_MS: '250',
      RETENTION_DAYS: '30',
      PUBLIC_BASE_URL: 'https://cancel.example.com',
    });
  });

  test('shapes the template: whole minutes between sweeps, and how long logs are kept', () => {
    const { template } = synthesize({ SWEEP_INTERVAL_SECONDS: '61', LOG_RETENTION_DAYS: '7' });
    template.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(2 minutes)' });
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
  });

  test('names the stack, no longer than leaves room for the names of its queues, by which commands find them', () => {
    const longest = `a${'-'.repeat(30)}`;
    const { ofType } = synthesize({ STACK_NAME: longest });
    // CloudFormation puts the stack's name before and up to 13 letters behind; SQS takes 80, and the rest is cut out.
    const lengths = ofType('AWS::SQS::Queue').map(([id]) => `${longest}-${id}-`.length + 13);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(80);
    expect(() => synthesize({ STACK_NAME: `${longest}-` })).toThrow('STACK_NAME');
  });

  test("overrides a provider's addresses, token endpoint included, for the functions that call it", () => {
    const addresses = {
      OKDOKUMENT_BASE_URL: 'https://sandbox.example.com/JSON',
      BOX_TOKEN_URL: 'https://sandbox.example.com/oauth2/token',
    };
    const stack = synthesize(addresses);
    for (const name of ['Dispatch', 'Accounts', 'Webhook']) {
      expect(environmentOf(name, stack)).toMatchObject(addresses);
      expect(environmentOf(name, stack)).not.toHaveProperty('DROPBOX_SIGN_BASE_URL');
    }
    for (const name of ['Api', 'Sweep', 'Notify']) {
      expect(environmentOf(name, stack)).not.toHaveProperty('OKDOKUMENT_BASE_URL');
    }
  });

  describe('an address', () => {
    test.each(['http://sandbox.example.com/JSON', 'http://127.0.0.1.example.com/JSON'])(
      '%s is refused: credentials would travel in plain text',
      (address) => {
        expect(() => synthesize({ OKDOKUMENT_BASE_URL: address })).toThrow('must be an https URL');
      },
    );

    test('is https for callbacks and sign links too: their path is a secret', () => {
      const address = 'http://cancel.example.com';
      expect(() => synthesize({ PUBLIC_BASE_URL: address })).toThrow(
        `PUBLIC_BASE_URL="${address}": must be an https URL`,
      );
    });

    test('with a password is refused: it would stand in the template', () => {
      const address = 'https://user:password@sandbox.example.com/JSON';
      expect(() => synthesize({ OKDOKUMENT_BASE_URL: address })).toThrow('must not hold a user name');
    });

    test.each([
      ['http://127.0.0.1:8788/okdokument/JSON', {}],
      ['http://localhost:8788/okdokument/JSON', {}],
      ['http://simulators.test:8788/JSON', { ALLOW_LOOPBACK_TARGETS: 'on' }],
    ])('%s is taken: it is for a local stack', (address, context) => {
      const stack = synthesize({ OKDOKUMENT_BASE_URL: address, ...context });
      expect(environmentOf('Dispatch', stack)).toMatchObject({ OKDOKUMENT_BASE_URL: address });
    });
  });

  test('lets no event or file URL reach a function itself, unless a deployment asks for that', () => {
    expect(environmentOf('Notify', synthesize())).toMatchObject({ ALLOW_LOOPBACK_TARGETS: 'off' });
  });

  test.each([
    ['CONFIRMATION_WINDOW_SECONDS', 'soon'],
    ['RETRY_CAP_MS', '-1'],
    ['PROVIDER_TIMEOUT_MS', '60000'],
    ['SWEEP_INTERVAL_SECONDS', '0'],
    ['LOG_RETENTION_DAYS', '31'],
    ['ALARM_EMAIL', 'nobody'],
    ['PUBLIC_BASE_URL', 'https://cancel.example.com/'],
    ['DROPBOX_SIGN_BASE_URL', 'api.example.com'],
  ])('refuses %s=%s by its name', (name, value) => {
    expect(() => synthesize({ [name]: value })).toThrow(`${name}="${value}"`);
  });
});
