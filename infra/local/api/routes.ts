import type { HttpBindings } from '@hono/node-server';
import type { Context, Hono } from 'hono';
import * as z from 'zod';
import type { Topology } from '../template/topology.ts';

/** A method of the REST API that is integrated with a Lambda function. */
export interface Route {
  readonly httpMethod: string;
  /** Spelled as in the template, e.g. `/webhooks/{account}`. */
  readonly resourcePath: string;
  readonly resourceId: string;
  readonly functionArn: string;
}

export interface RestApi {
  readonly id: string;
  readonly stage: string;
  readonly binaryMediaTypes: readonly string[];
  readonly routes: readonly Route[];
}

const Resource = z.object({ ParentId: z.string(), PathPart: z.string() });
const Method = z.object({
  RestApiId: z.string(),
  ResourceId: z.string(),
  HttpMethod: z.string(),
  Integration: z.object({ Type: z.string(), Uri: z.string().optional() }),
});

/** Reads the REST API of the template; `undefined` if there is none. */
export function readRestApi(topology: Topology): RestApi | undefined {
  const [id] = topology.idsOf('AWS::ApiGateway::RestApi');
  if (id === undefined) return undefined;
  const { ref, attributes } = topology.identity(id);
  const { BinaryMediaTypes } = topology.properties(
    id,
    z.object({ BinaryMediaTypes: z.array(z.string()).default([]) }),
  );
  const [stageId] = topology.idsOf('AWS::ApiGateway::Stage');
  const stage =
    stageId === undefined
      ? 'local'
      : topology.properties(stageId, z.object({ StageName: z.string() })).StageName;

  const paths = new Map([[attributes.RootResourceId ?? '', '']]);
  const resources = topology.idsOf('AWS::ApiGateway::Resource').map((resource) => ({
    id: topology.identity(resource).ref,
    ...topology.properties(resource, Resource),
  }));
  // A parent may follow its children.
  for (let left = resources.length; left > 0; left -= 1) {
    for (const resource of resources) {
      const parent = paths.get(resource.ParentId);
      if (parent !== undefined) paths.set(resource.id, `${parent}/${resource.PathPart}`);
    }
  }

  // There is one version of each function here, so an alias stands for the function.
  const aliases = new Map(
    topology.idsOf('AWS::Lambda::Alias').map((alias) => {
      const { FunctionName } = topology.properties(alias, z.object({ FunctionName: z.string() }));
      const target = topology.idsOf('AWS::Lambda::Function').map((each) => topology.identity(each));
      return [topology.identity(alias).arn, target.find(({ name }) => name === FunctionName)?.arn] as const;
    }),
  );
  const routes = topology.idsOf('AWS::ApiGateway::Method').flatMap((method): Route[] => {
    const { RestApiId, ResourceId, HttpMethod, Integration } = topology.properties(method, Method);
    const invoked = /functions\/(arn:[^/]+)\/invocations/.exec(Integration.Uri ?? '')?.[1];
    const functionArn = aliases.get(invoked ?? '') ?? invoked;
    if (RestApiId !== ref || Integration.Type !== 'AWS_PROXY' || functionArn === undefined) return [];
    const resourcePath = paths.get(ResourceId) ?? '';
    return [
      { httpMethod: HttpMethod, resourcePath: resourcePath || '/', resourceId: ResourceId, functionArn },
    ];
  });
  return { id: ref, stage, binaryMediaTypes: BinaryMediaTypes, routes };
}

/** Handlers read Node's own request, which has the headers as they were sent. */
export type ApiEnvironment = { Bindings: HttpBindings };

/** Adds the routes to an app. A fixed path part precedes a parameter, which precedes `{proxy+}`. */
export function addRoutes(
  app: Hono<ApiEnvironment>,
  routes: readonly Route[],
  answer: (route: Route, context: Context<ApiEnvironment>) => Promise<Response>,
): void {
  const looseness = ({ resourcePath }: Route) =>
    resourcePath.split('{').length + (resourcePath.includes('+}') ? 100 : 0);
  for (const route of routes.toSorted((one, other) => looseness(one) - looseness(other))) {
    const path = route.resourcePath.replace(/\{(\w+)\+\}/g, ':$1{.+}').replace(/\{(\w+)\}/g, ':$1');
    const handle = (context: Context<ApiEnvironment>) => answer(route, context);
    if (route.httpMethod === 'ANY') app.all(path, handle);
    else app.on(route.httpMethod, path, handle);
  }
}
