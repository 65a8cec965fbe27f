import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import {
  OTHER_EVENTS,
  type OtherEventName,
  type Simulator,
  startSimulator,
} from '../../../infra/local/ocrolus/index.ts';
import { EVENT_NAMES } from '../../../shared/events/catalog.ts';
import { identified } from '../../events/testing/fixtures.ts';
import { differences, shapeOf } from './vendor/shape.ts';

let simulator: Simulator;
afterEach(() => simulator.close());

/** Lets everything happen to books that have one of everything. @returns the bodies by event name. */
async function everyBody(): Promise<Map<string, unknown[]>> {
  simulator = await startSimulator();
  const documents = [
    { mixed: 'all.pdf', detect: 'found' },
    { detect: 'unable' },
    { imageGroup: 'front and back' },
    { imageGroup: 'unreadable', rejection: 'DOCUMENT IS UNREADABLE' },
  ] as const;
  for (const vocabulary of ['legacy', 'organization'] as const) {
    const { uuid } = simulator.addBook({ documents }, { vocabulary });
    const clean = simulator.addBook({ documents: [{}] }, { vocabulary });
    simulator.requestAsyncAnalytics(uuid);
    simulator.copyBook(uuid);
    const { uuid: business } = simulator.createBusiness(uuid);
    for (const book of [uuid, clean.uuid]) {
      while ((await simulator.advance(book, { vocabulary })) !== undefined);
    }
    await simulator.calculateIncome(uuid, { vocabulary });
    await simulator.calculateIncome(uuid, { vocabulary });
    await simulator.flagSuspiciousActivity(uuid, { vocabulary });
    await simulator.verifyBusiness(uuid, business, { vocabulary });
    for (const name of Object.keys(OTHER_EVENTS) as OtherEventName[]) await simulator.announce(uuid, name);
  }
  const bodies = simulator.deliveries.map(({ eventName, body }) => [eventName, JSON.parse(body)] as const);
  const byName = Map.groupBy(bodies, ([eventName]) => eventName);
  return new Map([...byName].map(([name, all]) => [name, all.map(([, body]) => body)]));
}

test('every event of the catalog is sent, with the fields of its sample and their types', async () => {
  const bodies = await everyBody();
  expect([...bodies.keys()].sort()).toEqual([...EVENT_NAMES].sort());
  for (const [name, sent] of bodies) {
    const sample: unknown = JSON.parse(readFileSync(`test/fixtures/events/${name}.json`, 'utf8'));
    expect(differences(shapeOf(sent), shapeOf([sample]), () => false).filter(isWrong), name).toEqual([]);
    for (const body of sent) expect(identified(body)).toMatchObject({ kind: 'event', eventName: name });
  }
});

/** Ids of a parent are null where there is none. */
function isWrong(difference: string): boolean {
  return !/^\.(mixed_uploaded_doc|uploaded_image_group)_(pk|uuid) is (integer|text:uuid)?( or )?null/.test(
    difference,
  );
}

test('a body says what its sample says: status, severity, type', async () => {
  const SAID = ['event', 'event_name', 'status', 'severity', 'notification_type'] as const;
  const said = (body: Record<string, unknown>) => SAID.map((key) => body[key]);
  for (const [name, sent] of await everyBody()) {
    const sample = JSON.parse(readFileSync(`test/fixtures/events/${name}.json`, 'utf8'));
    expect(
      sent.map((body) => said(body as Record<string, unknown>)),
      name,
    ).toContainEqual(said(sample));
  }
});
