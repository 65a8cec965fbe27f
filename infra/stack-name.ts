/** Name of a stage's CloudFormation stack, which the app creates and `ops` looks up. */
export function stackName(stage: string): string {
  return `ocrolus-webhooks-${stage}`;
}
