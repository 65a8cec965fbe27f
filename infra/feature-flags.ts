/**
 * CDK behaviours that we rely on. They are here and not in `cdk.json` so that the tests see the same template
 * as `cdk synth`, and spelled out instead of "all recommended" so that an update of the library cannot
 * replace resources of a deployed stack.
 */
export const FEATURE_FLAGS = {
  '@aws-cdk/aws-iam:minimizePolicies': true,
  '@aws-cdk/aws-kms:aliasNameRef': true,
  '@aws-cdk/aws-s3:publicAccessBlockedByDefault': true,
  '@aws-cdk/core:checkSecretUsage': true,
  '@aws-cdk/core:explicitStackTags': true,
  // CDK checks every template against CloudFormation's rules (2 of the 6 seconds of a synth): let it have a say.
  '@aws-cdk/core:validateAgainstDefaultRules': true,
  // With the `:*` that CloudFormation returns, drift detection would report the stage on every run.
  '@aws-cdk/aws-apigateway:logGroupDestinationArnWithoutWildcard': true,
  // It would bring a Lambda of its own into the stack. Nothing uses the default security group.
  '@aws-cdk/aws-ec2:restrictDefaultSecurityGroup': false,
};
