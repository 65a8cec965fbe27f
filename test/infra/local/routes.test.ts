import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { type ApiEnvironment, addRoutes, type Route } from '../../../infra/local/api/routes.ts';

/** What the route of a request would answer; `undefined` if it has none. */
async function matchOf(routes: readonly Route[], method: string, path: string): Promise<unknown> {
  const app = new Hono<ApiEnvironment>();
  addRoutes(app, routes, async ({ resourcePath }, { req, json }) => json([resourcePath, req.param()]));
  const response = await app.request(path, { method });
  return response.status === 404 ? undefined : response.json();
}

const route = (httpMethod: string, resourcePath: string): Route => ({
  httpMethod,
  resourcePath,
  resourceId: resourcePath,
  functionArn: 'arn',
});
const ROUTES = [
  route('ANY', '/{proxy+}'),
  route('POST', '/webhooks/{account}'),
  route('POST', '/webhooks/fixed'),
  route('GET', '/'),
];

test.each([
  ['POST', '/webhooks/default', '/webhooks/{account}', { account: 'default' }],
  ['POST', '/webhooks/fixed', '/webhooks/fixed', {}],
  ['POST', '/webhooks/a%20b', '/webhooks/{account}', { account: 'a b' }],
  ['POST', '/webhooks/%E0%A4%A', '/webhooks/{account}', { account: '%E0%A4%A' }],
  ['POST', '/webhooks/default/more', '/{proxy+}', { proxy: 'webhooks/default/more' }],
  ['GET', '/webhooks/default', '/{proxy+}', { proxy: 'webhooks/default' }],
  ['GET', '/', '/', {}],
])('%s %s goes to %s', async (method, path, resourcePath, pathParameters) => {
  expect(await matchOf(ROUTES, method, path)).toEqual([resourcePath, pathParameters]);
});

test('a path parameter is not empty', async () => {
  expect(await matchOf([route('POST', '/webhooks/{account}')], 'POST', '/webhooks/')).toBeUndefined();
});
