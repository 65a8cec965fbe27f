import { Aws, CustomResource, Duration } from 'aws-cdk-lib';
import { Policy, type Role } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct, type IDependable } from 'constructs';
import { eventsOfLevel } from '../../../shared/ocrolus/webhooks/event-names.ts';
import { registrationEnvironment } from '../../config/environment.ts';
import { type AccountSecrets, allSecrets } from '../account-secrets.ts';
import { allow } from '../logs.ts';
import { type FunctionDefaults, NodeFunction } from './node-function.ts';

/** Lambda's maximum. A deployment that creates the ingress waits longer for Ocrolus's test, in two invocations. */
const TIMEOUT = Duration.minutes(15);

/** Time after which CloudFormation gives up. The Lambda answers within 20 minutes, unless it cannot start. */
const SERVICE_TIMEOUT = Duration.minutes(30);

export interface RegistrationProps extends FunctionDefaults {
  readonly secrets: ReadonlyMap<string, AccountSecrets>;
  /** URL to which Ocrolus posts the deliveries of an account. */
  readonly urlOf: (account: string) => string;
  /** Constructs that must work before Ocrolus tests the webhook. */
  readonly after: readonly IDependable[];
}

/**
 * Registers the webhook with Ocrolus. The Lambda is always deployed, for `ops register`. With the setting
 * `registration.enabled`, a deployment registers, and a schedule checks the registration daily.
 */
export class Registration extends Construct {
  readonly lambda: LambdaFunction;
  /** By account: what the last deployment has found, and what to do; empty without `registration.enabled`. */
  readonly states = new Map<string, string>();

  constructor(scope: Construct, id: string, props: RegistrationProps) {
    super(scope, id);
    const { settings, secrets, urlOf } = props;
    const { registration } = settings;
    const handler = new NodeFunction(this, 'Lambda', {
      ...props,
      name: 'registration',
      description: 'Registers the webhook with Ocrolus',
      timeout: TIMEOUT,
      memorySize: 256,
      environment: {
        ...registrationEnvironment(settings),
        ACCOUNTS: allSecrets(secrets),
        WEBHOOK_URL: registration.url ?? urlOf('{account}'),
      },
    });
    this.lambda = handler.lambda;
    // One policy for each account. When an account is removed from a stage, CloudFormation deletes its registration,
    // then its policy, then its secrets. With one policy for all, the function would lose access before it
    // unregisters the webhook.
    const policies = new Map(
      [...secrets].map(([account, { webhook, credentials }]) => {
        const read = allow(['secretsmanager:GetSecretValue'], [webhook.secretArn, credentials.secretArn]);
        const policy = { statements: [read], roles: [handler.role] };
        return [account, new Policy(this, `Secrets-${account}`, policy)] as const;
      }),
    );
    handler.allowStatement(props.encryptionKey.usableThrough(['secretsmanager'], ['kms:Decrypt']));
    if (!registration.enabled) return;

    // Whether CloudFormation takes a failed change back: then the registration never fails.
    handler.allow(['cloudformation:DescribeStacks'], [Aws.STACK_ID]);
    const { level, events = eventsOfLevel(level), url } = registration;
    const createsWayIn = url === undefined && settings.ingress.kind === 'allowlisted';
    const after = [...props.after, ...(createsWayIn ? [this.allowToInvokeItself(handler.role)] : [])];
    const webhooks: CustomResource[] = [];
    for (const [account, { webhook, credentials }] of secrets) {
      const resource = new CustomResource(this, `Webhook-${account}`, {
        resourceType: 'Custom::OcrolusWebhook',
        serviceToken: this.lambda.functionArn,
        serviceTimeout: SERVICE_TIMEOUT,
        properties: {
          account,
          level,
          url: url?.replace('{account}', account) ?? urlOf(account),
          makesWayIn: String(createsWayIn),
          webhookSecret: webhook.secretArn,
          credentials: credentials.secretArn,
          events: events.join(','),
          // The function does not read the rest; a change makes CloudFormation register again.
          authentication: settings.webhookAuthentication,
          encoding: registration.encoding,
          // Changed whenever an answer has new attributes: CloudFormation keeps the former answer of a resource that
          // does not change.
          answers: '2',
        },
      });
      webhooks.push(resource);
      this.states.set(account, resource.getAttString('State'));
      const policy = policies.get(account);
      resource.node.addDependency(...after, ...(policy === undefined ? [] : [policy]));
    }
    const check = new Schedule(this, 'Check', {
      description: 'Compares the registration at Ocrolus with the settings',
      schedule: ScheduleExpression.rate(Duration.days(1)),
      target: new LambdaInvoke(this.lambda, {
        input: ScheduleTargetInput.fromObject({ check: true }),
        retryAttempts: 2,
      }),
    });
    // A rate schedule runs once immediately. Before the registration, that run would find drift, and alarm for a day.
    check.node.addDependency(...webhooks);
  }

  /**
   * Allows the Lambda to invoke itself. A separate policy, because the Lambda depends on its default policy, so that one
   * cannot reference the Lambda.
   */
  private allowToInvokeItself(role: Role): Policy {
    const resources = [this.lambda.functionArn];
    const invoke = allow(['lambda:InvokeFunction'], resources);
    return new Policy(this, 'GoOn', { statements: [invoke], roles: [role] });
  }
}
