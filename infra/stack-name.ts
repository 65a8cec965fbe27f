/** The CloudFormation stack of a stage: known to the app, which makes it, and to `ops`, which looks for it. */
export function stackName(stage: string): string {
  return `ocrolus-webhooks-${stage}`;
}
