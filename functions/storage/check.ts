import * as z from 'zod';
import { answer, failed, type Outcome } from '../../shared/custom-resource/answer.ts';
import type { CustomResourceRequest } from '../../shared/custom-resource/request.ts';
import { errorFields, type Log } from '../../shared/telemetry/log.ts';
import { bucketFaults, type FoundBucket } from './bucket-faults.ts';
import { type Fault, reasonOf } from './fault.ts';
import { type FoundTable, tableFaults } from './table-faults.ts';

/** The properties of the custom resource; CloudFormation turns every value into text. */
const Properties = z.looseObject({
  tableName: z.string().optional(),
  bucketName: z.string().optional(),
  streamArn: z.string().optional(),
  keyArn: z.string(),
  isProtected: z.enum(['true', 'false']).transform((text) => text === 'true'),
  deliveryDays: z.coerce.number(),
  resultDays: z.coerce.number().optional(),
});

type Properties = z.infer<typeof Properties>;

export interface CheckDependencies {
  readonly inspectTable: (tableName: string) => Promise<FoundTable | undefined>;
  readonly inspectBucket: (bucketName: string) => Promise<FoundBucket | undefined>;
  /** Notes the version of the data. @returns why this version must not be deployed. */
  readonly claimData: () => Promise<string | undefined>;
  readonly log: Log;
  readonly send: typeof fetch;
}

/** The custom resource of every stage, whose other one checks what it adopts. */
const DataVersion = z.looseObject({ dataVersion: z.string() });

/**
 * The custom resources: one compares an adopted table and bucket with those that the stack would create, the other notes the
 * version of the data, or refuses to. Nothing is to be removed, and a retry by Lambda does the same again.
 *
 * @throws Error when CloudFormation could not be answered: Lambda then retries the request.
 */
export async function onCustomResource(
  request: CustomResourceRequest,
  dependencies: CheckDependencies,
): Promise<void> {
  const outcome: Outcome =
    request.RequestType === 'Delete' ? { Status: 'SUCCESS' } : await compare(request, dependencies);
  await answer(request, 'adopted-storage', outcome, dependencies);
}

async function compare(
  { ResourceProperties }: CustomResourceRequest,
  dependencies: CheckDependencies,
): Promise<Outcome> {
  const { log } = dependencies;
  try {
    if (DataVersion.safeParse(ResourceProperties).success) {
      const refusal = await dependencies.claimData();
      if (refusal !== undefined) log.error('data of a later version', { reason: refusal });
      return refusal === undefined ? { Status: 'SUCCESS' } : failed(refusal);
    }
    const faults = await findFaults(Properties.parse(ResourceProperties), dependencies);
    for (const { problem, fix } of faults) log.error('adopted storage refused', { reason: problem, fix });
    return faults.length === 0 ? { Status: 'SUCCESS' } : failed(reasonOf(faults));
  } catch (error) {
    log.error('storage not checked', errorFields(error));
    return failed(`The table or bucket could not be read: ${error}`);
  }
}

async function findFaults(properties: Properties, dependencies: CheckDependencies): Promise<Fault[]> {
  const { tableName, bucketName, deliveryDays: deliveries, resultDays: results } = properties;
  const faults: Fault[] = [];
  if (tableName !== undefined) {
    const found = await dependencies.inspectTable(tableName);
    faults.push(...tableFaults(found, { ...properties, tableName }));
  }
  if (bucketName !== undefined) {
    const found = await dependencies.inspectBucket(bucketName);
    faults.push(...bucketFaults(found, { ...properties, bucketName, retention: { deliveries, results } }));
  }
  return faults;
}
