import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { errorText } from '../../../infra/command-line/error-text.ts';
import { serveApp } from '../../../infra/running-stacks/loopback-server.ts';
import { Failure } from '../../../shared/failure.ts';
import { useFolder } from '../../testing/folder.ts';

const folder = useFolder();

const thrown = (work: Promise<unknown>) =>
  work.then(
    () => expect.unreachable(),
    (error: unknown) => errorText(error),
  );

describe('says what to do', () => {
  it('about files', async () => {
    expect(await thrown(readFile(join(folder(), 'none')))).toBe(
      `${folder()}/none: there is no such file or folder: check the path`,
    );
    expect(await thrown(readFile(folder()))).toContain('this is a folder: name a file');
    await writeFile(join(folder(), 'kept'), '');
    expect(await thrown(writeFile(join(folder(), 'kept'), '', { flag: 'wx' }))).toContain('name another one');
  });

  it('where nothing listens', async () => {
    const server = await serveApp(new Hono());
    await server.stop();
    expect(await thrown(fetch(server.url))).toMatch(/^no answer \(ECONNREFUSED\): .*"ops doctor"/);
  });

  it('about an item that cannot be read, with the names of its attributes and none of its values', () => {
    const Item = z.object({ status: z.string(), set: z.object({ id: z.string() }) });
    const { error } = Item.safeParse({ status: 5, set: { id: { name: 'Jane Roe' } } });
    expect(errorText(error)).toBe(
      'what was read does not have the form of this version (status, set.id): it is damaged, or of another version; docs/runbook.md#items-unreadable',
    );
    expect(errorText(z.string().safeParse(5).error)).toContain('(its type)');
    expect(() => JSON.parse('{"name":"Jane')).toThrow(
      expect.toSatisfy((error) => errorText(error).startsWith('what was read is not JSON')),
    );
  });

  it.each([
    [
      'ResourceNotFoundException',
      'Requested resource not found',
      'it does not exist there: check the name, --',
    ],
    ['ValidationError', 'Stack with id x does not exist', 'it does not exist there: check the name, --stage'],
    ['QueueDoesNotExist', 'The specified queue', 'it does not exist there'],
    ['ExpiredTokenException', 'The security token', 'there are no valid credentials: sign in'],
    ['CredentialsProviderError', 'Could not load', 'there are no valid credentials: sign in'],
    ['Error', 'Region is missing', 'no region is set: name it with --region'],
    ['AccessDeniedException', 'User: arn', 'these credentials may not do that'],
    ['ThrottlingException', 'Rate exceeded', 'try again in a minute'],
    ['TimeoutError', 'socket', 'no answer (TimeoutError)'],
  ])('about %s of AWS', (name, message, text) => {
    const error = Object.assign(new Error(message), { name, $metadata: {} });
    expect(errorText(error)).toContain(text);
    expect(errorText(error)).not.toContain(message);
  });
});

it('keeps what it does not know, in one line, and the texts of this project', () => {
  const unknown = Object.assign(new Error('no\n  idea'), { name: 'OddException', $metadata: {} });
  expect(errorText(unknown)).toBe('OddException: no idea');
  expect(errorText(new Error('no delivery x'))).toBe('no delivery x');
  expect(errorText(new Failure('broken', 'body-differs'))).toBe('broken: body-differs');
  expect(errorText('text')).toBe('text');
});
