import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { admit, protect } from '../../../infra/console/security.ts';
import { IMPORT_MAP, staticFile } from '../../../infra/console/static-files.ts';

const TOKEN = 'a-token';
const app = new Hono();
app.use(protect(IMPORT_MAP), admit(TOKEN));
app.all('*', ({ text }) => text('in'));

const ask = (path: string, headers: Record<string, string>) =>
  app.request(`http://127.0.0.1:1234${path}`, { headers: { host: '127.0.0.1:1234', ...headers } });

test.each([
  ['/a-token/', {}, 200],
  ['/a-token/api/poll', { origin: 'http://127.0.0.1:1234' }, 200],
  ['/a-token/', { host: 'localhost:1234' }, 200],
  ['/a-token/', { host: 'attacker.example' }, 403],
  ['/a-token/', { host: '127.0.0.1.attacker.example:1234' }, 403],
  ['/a-token/', { origin: 'http://attacker.example' }, 403],
  ['/a-token/', { origin: 'http://127.0.0.1:4321' }, 403],
  ['/a-token/', { origin: 'null' }, 403],
  ['/', {}, 401],
  ['/a-toke', {}, 401],
  ['/a-token-and-more/', {}, 401],
  ['//a-token/', {}, 401],
])('%s with %j is answered %d', async (path, headers, status) => {
  expect((await ask(path, headers)).status).toBe(status);
});

test('every answer forbids foreign scripts, frames and forms, and keeps the token to itself', async () => {
  for (const path of ['/a-token/', '/']) {
    const { headers } = await ask(path, {});
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self' 'sha256-/);
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  }
});

test.each(['../server.ts', 'lib/../../server.ts', 'tsconfig.json', 'modules/hono.js', '.hidden.js', 'lib'])(
  '%s is no file of the page',
  async (path) => expect(await staticFile(path)).toBeUndefined(),
);

test('the page and every module that it names are served', async () => {
  const html = String((await staticFile(''))?.body);
  expect(html).toContain(IMPORT_MAP);
  const { imports }: { imports: Record<string, string> } = JSON.parse(IMPORT_MAP);
  for (const path of ['app.js', 'style.css', ...Object.values(imports)]) {
    expect(await staticFile(path.replace('./', '')), path).toBeDefined();
  }
});
