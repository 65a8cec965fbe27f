/**
 * CDK behaviours that the stack relies on. They are here and not in `cdk.json`, so that tests get the same template
 * as `cdk synth`. They are listed instead of "all recommended", so that an update of CDK cannot replace resources of
 * a deployed stack. `cdk.json` sets every other flag to its default, only because each `cdk synth` warns about unset
 * flags.
 */
export const FEATURE_FLAGS = {
  '@aws-cdk/aws-iam:minimizePolicies': true,
  '@aws-cdk/aws-kms:aliasNameRef': true,
  '@aws-cdk/aws-s3:publicAccessBlockedByDefault': true,
  '@aws-cdk/core:checkSecretUsage': true,
  '@aws-cdk/core:explicitStackTags': true,
  // Validates the template against CloudFormation's rules: 2 of the 6 seconds of a synth.
  '@aws-cdk/core:validateAgainstDefaultRules': true,
  // With the `:*` that CloudFormation returns, every drift detection would report the stage.
  '@aws-cdk/aws-apigateway:logGroupDestinationArnWithoutWildcard': true,
  // This flag would add a Lambda to the stack. Nothing uses the default security group.
  '@aws-cdk/aws-ec2:restrictDefaultSecurityGroup': false,
};
