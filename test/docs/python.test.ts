import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { resultItem } from '../../shared/store/keys.ts';
import { useTables } from '../shared/store/testing/table.ts';
import { ROOT } from './markdown.ts';

const page = readFileSync(join(ROOT, 'docs/readers.md'), 'utf8');
const [, example = ''] = /```python\n([\s\S]*?)```/.exec(page) ?? [];

const hasBoto3 = spawnSync('python3', ['-c', 'import boto3']).status === 0;
if (!hasBoto3) console.warn('The example in Python is not run: python3 has no boto3.');

describe.skipIf(!hasBoto3)('the example in Python', () => {
  const createTable = useTables();
  const bookId = '371ab5bc-b22a-522a-a19b-ae78c1bbdb9f';
  const body = gzipSync('{"number_of_docs_processed": 3}');

  /** What the example prints, with this result of a book, and an object that S3 has. */
  async function printed(result: object | undefined): Promise<string> {
    const table = await createTable();
    if (result !== undefined) await table.put({ bookId, item: resultItem('summary', bookId), ...result });
    const s3 = createServer(({ url }, response) => {
      response.statusCode = url?.startsWith('/bodies/results/a.json.gz') ? 200 : 404;
      response.end(body);
    }).listen(0, '127.0.0.1');
    await once(s3, 'listening');
    const { port } = Object(s3.address());
    const { protocol, hostname, port: tablePort = 0 } = (await table.client.config.endpoint?.()) ?? {};
    const given = `table_name = ${JSON.stringify(table.name)}\nbook_uuid = ${JSON.stringify(bookId)}\n`;
    const python = spawn('python3', ['-'], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: {
        PATH: process.env.PATH,
        ...{ AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local', AWS_DEFAULT_REGION: 'us-east-1' },
        AWS_ENDPOINT_URL_DYNAMODB: `${protocol}//${hostname}:${tablePort}`,
        AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
      },
    });
    python.stdin.end(given + example);
    try {
      return await text(python.stdout);
    } finally {
      s3.close();
    }
  }

  test('prints a body of the item, one of the bucket, and nothing if nothing is stored', async () => {
    const expected = "{'number_of_docs_processed': 3}\n";
    expect(await printed({ body: new Uint8Array(body) })).toBe(expected);
    expect(await printed({ s3: { bucket: 'bodies', key: 'results/a.json.gz' } })).toBe(expected);
    expect(await printed(undefined)).toBe('');
  });
});
