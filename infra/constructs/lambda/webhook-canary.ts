import { CfnApplication, CfnDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type Alias, CfnAlias } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { allow } from '../logs.ts';
import type { AlarmId } from '../monitoring/alarm-definition.ts';
import { alarmName } from '../monitoring/alarms.ts';

/** Deliveries that a new version of the webhook fails to accept, or whose signature it refuses. */
const ALARMS: readonly AlarmId[] = ['webhook-server-errors', 'deliveries-refused'];

export interface WebhookCanaryProps {
  /** Begins the names of the alarms. */
  readonly stage: string;
  /** Alias through which the API invokes the webhook. */
  readonly alias: Alias;
}

/**
 * Sends a tenth of all deliveries to a new version of the webhook for five minutes, then all. An alarm sends all back to the
 * version before, and the deployment fails. The alarms are referenced by name: they name the API, which names the alias, so
 * a reference would be a cycle. Not `LambdaDeploymentGroup`, whose role gets a managed policy of AWS with access to S3 and
 * to all functions.
 */
export class WebhookCanary extends Construct {
  constructor(scope: Construct, id: string, { stage, alias }: WebhookCanaryProps) {
    super(scope, id);
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('codedeploy.amazonaws.com') });
    role.addToPolicy(allow(['lambda:GetAlias', 'lambda:UpdateAlias'], [alias.lambda.functionArn]));
    // Of versions and aliases only (AWS: "Actions, resources, and condition keys for AWS Lambda").
    role.addToPolicy(allow(['lambda:GetProvisionedConcurrencyConfig'], [`${alias.lambda.functionArn}:*`]));
    // Composite alarms are shown only with `*`, and CodeDeploy asks for all kinds.
    role.addToPolicy(allow(['cloudwatch:DescribeAlarms'], ['*']));
    const application = new CfnApplication(this, 'Application', { computePlatform: 'Lambda' });
    const group = new CfnDeploymentGroup(this, 'Group', {
      applicationName: application.ref,
      serviceRoleArn: role.roleArn,
      deploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
      deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
      alarmConfiguration: {
        enabled: true,
        alarms: ALARMS.map((alarm) => ({ name: alarmName(stage, alarm) })),
      },
      autoRollbackConfiguration: {
        enabled: true,
        events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
      },
    });
    // The permissions must exist when CloudFormation deploys the first new version.
    group.node.addDependency(role);
    const resource = alias.node.defaultChild;
    if (!(resource instanceof CfnAlias)) throw new Error('an alias is not a CfnAlias');
    resource.cfnOptions.updatePolicy = {
      codeDeployLambdaAliasUpdate: { applicationName: application.ref, deploymentGroupName: group.ref },
    };
  }
}
