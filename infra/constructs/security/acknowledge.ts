import { CfnResource, Stack, Token, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { StageStorage } from '../storage/stage-storage.ts';
import { ACCESS, CREATED_BUCKET, CREATED_TABLE } from './accepted/access.ts';
import { NETWORK } from './accepted/network.ts';
import { RESOURCES } from './accepted/resources.ts';
import type { Accepted } from './accepted.ts';

export const ACCEPTED: readonly Accepted[] = [...ACCESS, ...NETWORK, ...RESOURCES];

type Storage = Pick<StageStorage, 'table' | 'bodies'>;

/**
 * Acknowledges the accepted findings of cdk-nag, so that its packs report only new ones. The acknowledgements are on the
 * constructs and do not appear in the template.
 *
 * @param stage the construct with a stage.
 * @param provided what CDK has put into the stack for it.
 */
export function acknowledgeFindings(
  stage: IConstruct,
  provided: readonly IConstruct[],
  storage: Storage,
): void {
  acknowledgeBelow(stage, stage, storage);
  for (const construct of provided) acknowledgeBelow(construct, Stack.of(stage), storage);
}

function acknowledgeBelow(scope: IConstruct, root: IConstruct, storage: Storage): void {
  for (const construct of scope.node.findAll()) {
    if (!CfnResource.isCfnResource(construct)) continue;
    for (const { findings, reason } of ACCEPTED.filter((accepted) => concerns(accepted, root, construct))) {
      const ids = findings.map((id) =>
        id.replace(CREATED_BUCKET, bucketArn(storage)).replace(CREATED_TABLE, tableArn(storage)),
      );
      Validations.of(construct).acknowledge(...ids.map((id) => ({ id, reason })));
    }
  }
}

/** What is accepted on the stack's own bucket and table is accepted on those that it adopts. */
function bucketArn({ bodies: { bucket } }: Storage): string {
  const { bucketName } = bucket;
  return Token.isUnresolved(bucketName) ? CREATED_BUCKET : `arn:<AWS::Partition>:s3:::${bucketName}`;
}

function tableArn({ table: { table } }: Storage): string {
  const { tableName } = table;
  return Token.isUnresolved(tableName)
    ? CREATED_TABLE
    : `arn:<AWS::Partition>:dynamodb:<AWS::Region>:<AWS::AccountId>:table/${tableName}`;
}

/** @param root the construct with the stage or, of what CDK has put into the stack, the stack. */
export function concerns({ on }: Pick<Accepted, 'on'>, root: IConstruct, resource: CfnResource): boolean {
  return on.test(resource.node.path.slice(root.node.path.length + 1));
}
