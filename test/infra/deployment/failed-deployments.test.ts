import { describe, expect, test } from 'vitest';
import { CHANNELS } from '../../../shared/events/channels.ts';
import { VARIANTS, variantTemplate } from '../templates/variants.ts';
import { ALLOWLISTED } from '../testing/settings.ts';
import { onlyResource, resources, synthesizeStack, withStack } from '../testing/synthesized.ts';
import { ofType } from '../testing/template.ts';

/**
 * What makes a failed deployment impossible to delete or to repeat. The CDK CLI sets termination protection before it
 * executes the change set of a first deployment (aws-cdk 2.1148.1, `FullCloudFormationDeployment.changeSetDeployment`),
 * and a stack that failed to be created can only be deleted:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html
 */
describe('a first deployment that fails can be deleted and repeated', () => {
  test.each(Object.entries(VARIANTS))('%s: its stack is not protected', (_, settings) => {
    expect(withStack(settings, (stack) => stack.terminationProtection)).toBe(false);
  });

  test('a deployed stage can keep its protection', () => {
    const settings = { stage: 'test', security: { terminationProtection: true } };
    expect(withStack(settings, (stack) => stack.terminationProtection)).toBe(true);
  });

  // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-delete.html
  test.each(['retain', 'destroy'] as const)(
    'CloudFormation neither sets nor takes away the protection of a load balancer (%s)',
    (removalPolicy) => {
      const template = synthesizeStack({ ingress: ALLOWLISTED, removalPolicy });
      const [, { Properties }] = onlyResource(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
      const keys = Properties.LoadBalancerAttributes.map(({ Key }: { Key: string }) => Key);
      expect(keys).not.toContain('deletion_protection.enabled');
      expect(template.toJSON().Outputs).toHaveProperty('LoadBalancerArn');
    },
  );
});

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/delete-bucket.html
describe('a bucket with objects does not block the deletion of its stack', () => {
  test('a stage with destroy empties each bucket, and then deletes it', () => {
    const template = synthesizeStack({ ingress: ALLOWLISTED, removalPolicy: 'destroy' });
    const buckets = resources(template, 'AWS::S3::Bucket');
    const emptied = resources(template, 'Custom::S3AutoDeleteObjects');
    expect(emptied.map(([, { Properties }]) => Properties.BucketName.Ref).sort()).toEqual(
      buckets.map(([id]) => id).sort(),
    );
    for (const [, { DeletionPolicy }] of buckets) expect(DeletionPolicy).toBe('Delete');
  });

  test('the load balancer, which writes logs, is deleted before their bucket is emptied', () => {
    const template = synthesizeStack({ ingress: ALLOWLISTED, removalPolicy: 'destroy' });
    const [, balancer] = onlyResource(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    const [emptying] =
      resources(template, 'Custom::S3AutoDeleteObjects').find(([id]) => id.startsWith('Ingress')) ?? [];
    expect(balancer.DependsOn).toContain(emptying);
  });

  test('functions, which write bodies, are deleted before their bucket is emptied', () => {
    const template = synthesizeStack({ removalPolicy: 'destroy' });
    const [emptying] =
      resources(template, 'Custom::S3AutoDeleteObjects').find(([id]) => id.startsWith('Bodies')) ?? [];
    const writers = resources(template, 'AWS::Lambda::Function').filter(
      ([, { Properties }]) => 'BUCKET_NAME' in (Properties.Environment?.Variables ?? {}),
    );
    expect(writers).toHaveLength(CHANNELS.length + 2);
    for (const [id, { DependsOn }] of writers) expect(DependsOn, id).toContain(emptying);
  });

  test('the Lambda that empties them has an encrypted log group that expires', () => {
    const template = variantTemplate('trial-account');
    const groups = ofType(template, 'AWS::Logs::LogGroup').map(([id]) => id);
    for (const [id, { LoggingConfig }] of ofType(template, 'AWS::Lambda::Function'))
      expect(groups, id).toContain(LoggingConfig?.LogGroup?.Ref);
  });
});
