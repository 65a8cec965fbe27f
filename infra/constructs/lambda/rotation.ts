import { Aws, Duration } from 'aws-cdk-lib';
import { CfnPermission, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnRotationSchedule } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { rotationEnvironment } from '../../config/environment.ts';
import { allSecrets } from '../account-secrets.ts';
import { NodeFunction } from './node-function.ts';
import type { RegistrationProps } from './registration.ts';

export type RotationProps = Omit<RegistrationProps, 'after'>;

/**
 * Rotates the signing secret of an account's webhook without losing a delivery (docs/decisions/0011). The Lambda is
 * always deployed. With the setting `registration.rotationDays`, a schedule runs it.
 */
export class Rotation extends Construct {
  readonly lambda: LambdaFunction;

  constructor(scope: Construct, id: string, props: RotationProps) {
    super(scope, id);
    const { settings, secrets, urlOf } = props;
    const { rotationDays, url } = settings.registration;
    const rotation = new NodeFunction(this, 'Lambda', {
      ...props,
      name: 'rotation',
      description: 'Rotates the signing secret',
      // The function waits until every instance of the webhook can have the new secret.
      timeout: Duration.minutes(2),
      memorySize: 256,
      environment: {
        ...rotationEnvironment(settings),
        ACCOUNTS: allSecrets(secrets),
        WEBHOOK_URL: url ?? urlOf('{account}'),
      },
    });
    this.lambda = rotation.lambda;
    const all = [...secrets.values()];
    rotation.allow(
      ['secretsmanager:GetSecretValue'],
      all.flatMap(({ webhook, credentials }) => [webhook.secretArn, credentials.secretArn]),
    );
    rotation.allow(
      ['secretsmanager:PutSecretValue', 'secretsmanager:UpdateSecretVersionStage'],
      all.map(({ webhook }) => webhook.secretArn),
    );
    rotation.allowStatement(
      props.encryptionKey.usableThrough(['secretsmanager'], ['kms:Decrypt', 'kms:GenerateDataKey']),
    );
    if (rotationDays !== undefined) this.schedule(secrets, rotationDays);
  }

  /** CDK's `RotationSchedule` is not used: it allows the Lambda `secretsmanager:GetRandomPassword` on `*`. */
  private schedule(secrets: RotationProps['secrets'], days: number): void {
    const permission = new CfnPermission(this, 'Invoke', {
      action: 'lambda:InvokeFunction',
      functionName: this.lambda.functionArn,
      principal: 'secretsmanager.amazonaws.com',
      sourceAccount: Aws.ACCOUNT_ID,
    });
    for (const [account, { webhook }] of secrets) {
      const schedule = new CfnRotationSchedule(this, `Schedule-${account}`, {
        secretId: webhook.secretArn,
        rotationLambdaArn: this.lambda.functionArn,
        rotationRules: { automaticallyAfterDays: days },
        // A deployment must not change a secret.
        rotateImmediatelyOnUpdate: false,
      });
      schedule.addResourceDependency(permission);
    }
  }
}
