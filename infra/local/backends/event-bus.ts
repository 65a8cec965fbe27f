import { randomUUID } from 'node:crypto';
import { appendFileSync, chmodSync, writeFileSync } from 'node:fs';
import type { EventBridgeEvent } from 'aws-lambda';
import { Hono } from 'hono';
import * as z from 'zod';
import { REGION } from '../../running-stacks/access.ts';
import { serveApp } from '../../running-stacks/loopback-server.ts';
import { ACCOUNT_ID } from '../template/identities.ts';

const Entry = z.object({
  Source: z.string().default(''),
  DetailType: z.string().default(''),
  Detail: z.string().default(''),
  Resources: z.array(z.string()).default([]),
  /** Unix seconds. */
  Time: z.number().optional(),
});

type Entry = z.infer<typeof Entry>;

/** Any bus is accepted, so that a stage which names somebody else's works, too. */
const PutEvents = z.object({ Entries: z.array(Entry).min(1).max(10) });

const Detail = z.record(z.string(), z.unknown());

/** Event as the target of a rule receives it. */
export type BusEvent = EventBridgeEvent<string, z.infer<typeof Detail>>;

/**
 * Serves PutEvents of EventBridge, for all buses.
 *
 * @param file gets a line of JSON for each event. It is emptied first.
 */
export async function serveEventBus(file: string) {
  writeFileSync(file, '');
  // Not the mode of the call above, which does not change that of an existing file.
  chmodSync(file, 0o600);
  const listeners = new Set<(event: BusEvent) => void>();

  function publish(entry: Entry): EntryResult {
    const event = toEvent(entry);
    if ('ErrorCode' in event) return event;
    appendFileSync(file, `${JSON.stringify(event)}\n`);
    for (const listener of listeners) listener(event);
    return { EventId: event.id };
  }

  const app = new Hono();
  app.post('/', async ({ req, json }) => {
    const operation = req.header('x-amz-target');
    if (operation !== 'AWSEvents.PutEvents') throw new Error(`the local stack does not know ${operation}`);
    const Entries = PutEvents.parse(await req.json()).Entries.map(publish);
    return json({ FailedEntryCount: Entries.filter((it) => 'ErrorCode' in it).length, Entries });
  });
  app.onError((error, { json }) =>
    error instanceof z.ZodError
      ? json({ __type: 'ValidationException', message: z.prettifyError(error) }, 400)
      : json({ __type: 'InternalException', message: String(error) }, 500),
  );
  const { url, stop } = await serveApp(app);
  return {
    url,
    file,
    stop,
    /** @param listener must not throw. @returns a function that removes it. */
    onEvent(listener: (event: BusEvent) => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

interface EntryFailure {
  readonly ErrorCode: 'InvalidArgument' | 'MalformedDetail';
  readonly ErrorMessage: string;
}

type EntryResult = { readonly EventId: string } | EntryFailure;

function toEvent({ Source, DetailType, Detail: text, Resources, Time }: Entry): BusEvent | EntryFailure {
  const missing = Object.entries({ Source, DetailType, Detail: text }).find(([, value]) => value === '')?.[0];
  if (missing !== undefined) {
    const ErrorMessage = `Parameter ${missing} is not valid. Reason: ${missing} is a required argument.`;
    return { ErrorCode: 'InvalidArgument', ErrorMessage };
  }
  const detail = Detail.safeParse(parseJson(text));
  if (!detail.success) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  const time = Time === undefined ? new Date() : new Date(Time * 1000);
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': DetailType,
    source: Source,
    account: ACCOUNT_ID,
    time: time.toISOString().replace(/\.\d+Z$/, 'Z'),
    region: REGION,
    resources: Resources,
    detail: detail.data,
  };
}

/** @returns `undefined` for text that is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
