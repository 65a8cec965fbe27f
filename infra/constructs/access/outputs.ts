import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Adds outputs to the stack of a construct, under {@link outputPrefix} and their names. */
export function addOutputs(scope: Construct, outputs: Readonly<Record<string, string>>): void {
  const prefix = outputPrefix(scope);
  for (const [name, value] of Object.entries(outputs))
    new CfnOutput(scope, name, { value }).overrideLogicalId(`${prefix}${name}`);
}

/** Prefix that keeps the outputs of several stages in one stack apart. It is empty if the stage has a stack of its own. */
export function outputPrefix(scope: Construct): string {
  const path = scope.node.path.slice(Stack.of(scope).node.path.length + 1);
  return path === 'Default' ? '' : path.replace(/[^A-Za-z0-9]/g, '');
}
