/** What the template's roles let each function call: a call that AWS would refuse is refused on this machine too. */
import * as z from 'zod/mini';
import { AccessDenied, type AwsCall, type AwsService, type AwsWatcher } from './aws-calls.ts';
import { type MappingDefinition, parse } from './deployment.ts';
import { isRecord, type References, resolveText } from './intrinsics.ts';
import { localArn } from './local-aws.ts';
import { resourcesOf, type Template } from './template.ts';

export interface Permissions {
  /** @param caller a function's logical id @param action `sqs:SendMessage` */
  allows(caller: string, action: string, resource: string): boolean;
}

export interface PermissionGate {
  /** Until then no function may call anything. */
  enforce(permissions: Permissions): void;
  /** Refuses what is not allowed before the watcher sees it. Calls of this stack itself are let through. */
  guard(watcher: AwsWatcher | undefined): AwsWatcher;
}

export const permissionGate = (denied: (call: AwsCall) => void): PermissionGate => {
  let permissions: Permissions | null = null;
  const check = (call: AwsCall): void => {
    if (call.caller === null) return;
    const resource = resourceOf(call);
    const action = `${call.service}:${call.operation}`;
    if (resource !== null && permissions?.allows(call.caller, action, resource) === true) return;
    denied(call);
    throw new AccessDenied(`${call.caller} is not authorized to perform ${action} on ${resource ?? 'this'}`);
  };
  return {
    enforce: (given) => {
      permissions = given;
    },
    guard: (watcher) => ({
      before: async (call) => {
        check(call);
        await watcher?.before?.(call);
      },
      ...(watcher?.after && { after: (call, answer) => watcher.after?.(call, answer) }),
    }),
  };
};

/** @throws Error for a policy that says something that is not understood here, a condition for example. */
export const permissionsIn = (template: Template, references: References): Permissions => {
  const grants = grantsByRole(template, references);
  const roles = rolesByFunction(template);
  return {
    allows: (caller, action, resource) => {
      const given = grants.get(roles.get(caller) ?? '');
      // A role that stands elsewhere: what it allows is not written here.
      if (given === undefined) return true;
      return given.some((grant) => grant.action === action && grant.covers(resource));
    },
  };
};

/** What Lambda itself asks of a role before it takes a mapping. @throws Error that names what is missing. */
export const checkMappings = (mappings: readonly MappingDefinition[], permissions: Permissions): void => {
  for (const { functionArn, queueArn } of mappings) {
    const consumer = functionArn.split(':').at(-1) ?? '';
    for (const operation of ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes']) {
      if (!permissions.allows(consumer, `sqs:${operation}`, queueArn))
        throw new Error(`${consumer} cannot be fed from ${queueArn}: its role lacks sqs:${operation}`);
    }
  }
};

interface Grant {
  readonly action: string;
  covers(resource: string): boolean;
}

const oneOrMore = z.union([z.string(), z.array(z.string())]);
const roleSchema = z.strictObject({
  AssumeRolePolicyDocument: z.unknown(),
  Policies: z._default(
    z.array(
      z.strictObject({
        PolicyName: z.string(),
        PolicyDocument: z.strictObject({
          Version: z.string(),
          Statement: z.array(
            z.strictObject({ Effect: z.literal('Allow'), Action: oneOrMore, Resource: z.unknown() }),
          ),
        }),
      }),
    ),
    [],
  ),
  Description: z.optional(z.string()),
  Tags: z.optional(z.unknown()),
});

const grantsByRole = (template: Template, references: References): ReadonlyMap<string, readonly Grant[]> =>
  new Map(
    resourcesOf(template, 'AWS::IAM::Role').map(([logicalId, resource]) => {
      const statements = parse(roleSchema, logicalId, resource).Policies.flatMap(
        ({ PolicyDocument }) => PolicyDocument.Statement,
      );
      return [logicalId, statements.flatMap((statement) => grantsOf(statement, references))] as const;
    }),
  );

const embedded: readonly AwsService[] = ['dynamodb', 'sqs', 'secretsmanager'];

/** Actions of services that do not run here are left out, with what they name: it cannot be resolved. */
const grantsOf = (
  { Action, Resource }: { readonly Action: string | string[]; readonly Resource: unknown },
  references: References,
): Grant[] => {
  const actions = [Action].flat().filter((action) => embedded.some((name) => action.startsWith(`${name}:`)));
  return actions.flatMap((action) =>
    [Resource].flat().map((arn) => ({ action, covers: matcher(resolveText(arn, references)) })),
  );
};

/** @throws Error for a wildcard that is not the last letter: no policy here needs one. */
const matcher = (arn: string): Grant['covers'] => {
  const wildcard = arn.indexOf('*');
  if (wildcard < 0) return (resource) => resource === arn;
  if (wildcard < arn.length - 1) throw new Error(`the local stack does not know how to match ${arn}`);
  return (resource) => resource.startsWith(arn.slice(0, -1));
};

const functionSchema = z.object({
  Role: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
});

const rolesByFunction = (template: Template): ReadonlyMap<string, string> =>
  new Map(
    resourcesOf(template, 'AWS::Lambda::Function').map(([logicalId, resource]) => [
      logicalId,
      parse(functionSchema, logicalId, resource).Role['Fn::GetAtt'][0],
    ]),
  );

/** @returns null for a call that names nothing, or more than one thing, of its service */
const resourceOf = ({ service, input }: AwsCall): string | null => {
  const named = isRecord(input) ? input : {};
  const text = (name: string): string | null => {
    const value = named[name];
    return typeof value === 'string' ? value : null;
  };
  switch (service) {
    case 'dynamodb': {
      const [table, index] = [text('TableName'), text('IndexName')];
      return table && localArn('dynamodb', `table/${table}${index === null ? '' : `/index/${index}`}`);
    }
    case 'sqs': {
      const url = text('QueueUrl');
      return url && localArn('sqs', url.split('/').at(-1) ?? '');
    }
    case 'secretsmanager': {
      const id = text('SecretId') ?? text('Name');
      // IAM sees the whole ARN, which ends in six letters that are nobody's choice.
      return id && (id.startsWith('arn:') ? id : localArn('secretsmanager', `secret:${id}-000000`));
    }
    default:
      return service satisfies never;
  }
};
