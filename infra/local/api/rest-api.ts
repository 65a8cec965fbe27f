import * as z from 'zod';
import type { Topology } from '../template/topology.ts';

const Resource = z.object({ ParentId: z.string(), PathPart: z.string() });
const Method = z.object({
  ResourceId: z.string(),
  HttpMethod: z.string(),
  Integration: z.object({ Uri: z.string() }),
});
const Api = z.object({ BinaryMediaTypes: z.array(z.string()).default([]) });
const Alias = z.object({ FunctionName: z.string() });
const Stage = z.object({ StageName: z.string() });

export type RestApi = ReturnType<typeof readRestApi>;

/** Reads the REST API of the template, which has one method, the webhook's. @throws Error for any other. */
export function readRestApi(topology: Topology) {
  const [api] = topology.idsOf('AWS::ApiGateway::RestApi');
  const [stage] = topology.idsOf('AWS::ApiGateway::Stage');
  const [method, ...others] = topology.idsOf('AWS::ApiGateway::Method');
  if (api === undefined || stage === undefined || method === undefined || others.length > 0)
    throw new Error('the local stack needs a REST API with one method and a stage');
  const resources = new Map(
    topology
      .idsOf('AWS::ApiGateway::Resource')
      .map((id) => [topology.identity(id).ref, topology.properties(id, Resource)]),
  );
  const pathOf = (id: string): string => {
    const resource = resources.get(id);
    return resource === undefined ? '' : `${pathOf(resource.ParentId)}/${resource.PathPart}`;
  };
  const { ResourceId, HttpMethod, Integration } = topology.properties(method, Method);
  return {
    id: topology.identity(api).ref,
    stage: topology.properties(stage, Stage).StageName,
    binaryMediaTypes: topology.properties(api, Api).BinaryMediaTypes,
    httpMethod: HttpMethod,
    /** Spelled as in the template: `/webhooks/{account}`. */
    resourcePath: pathOf(ResourceId),
    functionArn: functionOf(topology, /functions\/(arn:[^/]+)\/invocations/.exec(Integration.Uri)?.[1]),
  };
}

/** ARN of the function that an alias stands for: here is one version of each. Another ARN is that of a function. */
function functionOf(topology: Topology, arn = ''): string {
  const alias = topology.idsOf('AWS::Lambda::Alias').find((id) => topology.identity(id).arn === arn);
  if (alias === undefined) return arn;
  const { FunctionName } = topology.properties(alias, Alias);
  const functions = topology.idsOf('AWS::Lambda::Function').map((id) => topology.identity(id));
  return functions.find(({ name }) => name === FunctionName)?.arn ?? arn;
}
