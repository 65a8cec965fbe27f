import * as z from 'zod';

/**
 * A request of CloudFormation (AWS: "Custom resource request types"). Properties are parsed later, where an error
 * can be reported to CloudFormation: a request without an answer blocks the deployment.
 */
export const CustomResourceRequest = z.looseObject({
  /** Pre-signed: any client with it can answer in place of this function, so it is never logged. */
  ResponseURL: z.url(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  PhysicalResourceId: z.string().optional(),
  ResourceProperties: z.looseObject({}),
});

export type CustomResourceRequest = z.infer<typeof CustomResourceRequest>;

/** The bucket that CloudFormation puts answers into, in each region (AWS: "Custom resource request objects"). */
const RESPONSE_HOST =
  /^cloudformation-custom-resource-response-[a-z0-9-]+\.s3([.-][a-z0-9-]+)?\.amazonaws\.com(\.cn)?$/;

/** True if a URL is one to which CloudFormation wants its answer, and not one that another caller chose. */
export function isOfCloudFormation(responseUrl: string): boolean {
  const { protocol, host } = new URL(responseUrl);
  return protocol === 'https:' && RESPONSE_HOST.test(host);
}
