import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { parameterName, type StageParameter } from '../../../shared/public/parameters.ts';

/** Names and ARNs of a stage's resources, for readers and for `ops`, which know only the stage. */
export class Parameters extends Construct {
  readonly all: readonly StringParameter[];

  constructor(scope: Construct, id: string, stage: string, values: Partial<Record<StageParameter, string>>) {
    super(scope, id);
    this.all = Object.entries(values).map(
      ([name, stringValue]) =>
        new StringParameter(this, name, {
          parameterName: parameterName(stage, name as StageParameter),
          stringValue,
        }),
    );
  }
}
