/** Parameters in Systems Manager by which readers and `ops` find the resources of a stage. */
export type StageParameter = 'table' | 'bucket' | 'key' | 'stream' | 'bus' | 'stack';

export function parameterName(stage: string, parameter: StageParameter): string {
  return `/ocrolus-webhooks/${stage}/${parameter}`;
}
