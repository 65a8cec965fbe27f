import { expect, test } from 'vitest';
import { matchRoute, type Route } from '../../infra/local/api/routes.ts';

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
])('%s %s goes to %s', (method, path, resourcePath, pathParameters) => {
  const match = matchRoute(ROUTES, method, path);
  expect(match?.route.resourcePath).toBe(resourcePath);
  expect(match?.pathParameters).toEqual(pathParameters);
});

test('a path parameter is not empty', () => {
  expect(matchRoute([route('POST', '/webhooks/{account}')], 'POST', '/webhooks/')).toBeUndefined();
});
