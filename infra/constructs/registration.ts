import { CustomResource, Duration } from 'aws-cdk-lib';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct, type IDependable } from 'constructs';
import { eventsOfLevel } from '../../shared/ocrolus/webhooks/event-names.ts';
import { registrationEnvironment } from '../config/environment.ts';
import type { Settings } from '../config/settings.ts';
import type { AccountSecrets } from './account-secrets.ts';
import { type FunctionDefaults, NodeFunction } from './node-function.ts';
import { allSecrets } from './references.ts';

/** Lambda's longest: a deployment that makes the way in waits until Ocrolus's test gets through, in two invocations. */
const TIMEOUT = Duration.minutes(15);

/** CloudFormation gives up after this; the Lambda has answered before (20 minutes), unless it could not start. */
const SERVICE_TIMEOUT = Duration.minutes(30);

export interface RegistrationProps extends FunctionDefaults {
  /** The stage's settings. */
  readonly settings: Settings;
  /** Every account's secrets. */
  readonly secrets: ReadonlyMap<string, AccountSecrets>;
  /** Where Ocrolus posts the deliveries of an account. */
  readonly urlOf: (account: string) => string;
  /** What must work before Ocrolus calls the webhook to test it. */
  readonly after: readonly IDependable[];
}

/**
 * Tells Ocrolus about the webhook. The Lambda is always there, for `ops register`; that a deployment registers by
 * itself, and looks for drift daily, is a setting.
 */
export class Registration extends Construct {
  /** The Lambda behind the custom resource. */
  readonly lambda: LambdaFunction;

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
    // A policy for each account: of an account that is taken out of a stage, CloudFormation deletes the registration first,
    // then the policy, and then the secrets. In one policy, the function would lose the secrets before it needs them.
    const policies = new Map(
      [...secrets].map(([account, { webhook, credentials }]) => {
        const read = new PolicyStatement({
          actions: ['secretsmanager:GetSecretValue'],
          resources: [webhook.secretArn, credentials.secretArn],
        });
        const roles = handler.lambda.role === undefined ? [] : [handler.lambda.role];
        return [account, new Policy(this, `Secrets-${account}`, { statements: [read], roles })] as const;
      }),
    );
    handler.allowStatement(props.encryptionKey.usableThrough(['secretsmanager'], ['kms:Decrypt']));
    if (!registration.enabled) return;

    const { level, events = eventsOfLevel(level), url } = registration;
    const makesWayIn = url === undefined && settings.ingress.kind === 'allowlisted';
    const after = [...props.after, ...(makesWayIn ? [this.allowToGoOn()] : [])];
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
          makesWayIn: String(makesWayIn),
          webhookSecret: webhook.secretArn,
          credentials: credentials.secretArn,
          events: events.join(','),
          // Not read: a change makes CloudFormation register again.
          authentication: settings.webhookAuthentication,
          encoding: registration.encoding,
        },
      });
      webhooks.push(resource);
      const policy = policies.get(account);
      resource.node.addDependency(...after, ...(policy === undefined ? [] : [policy]));
    }
    const check = new Schedule(this, 'Check', {
      description: 'Looks whether Ocrolus still has the registration that we want',
      schedule: ScheduleExpression.rate(Duration.days(1)),
      target: new LambdaInvoke(this.lambda, {
        input: ScheduleTargetInput.fromObject({ check: true }),
        retryAttempts: 2,
      }),
    });
    // A schedule by rate starts at once. Before the registration it would find drift, and the alarm looks at a whole day.
    check.node.addDependency(...webhooks);
  }

  /**
   * Lets the Lambda start itself again. A policy of its own, because the Lambda depends on its default policy, which
   * therefore cannot name it.
   */
  private allowToGoOn(): Policy {
    const { role } = this.lambda;
    return new Policy(this, 'GoOn', {
      statements: [
        new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [this.lambda.functionArn] }),
      ],
      roles: role === undefined ? [] : [role],
    });
  }
}
