import type { RegistrationDependencies, Trial } from '../../../functions/registration/registration.ts';
import { Failure } from '../../../shared/failure.ts';
import type { Level, Registered, TestOutcome, WebhookLevel } from '../../../shared/ocrolus/webhooks/level.ts';
import { createLog } from '../../../shared/telemetry/log.ts';
import type { WebhookSecret } from '../../../shared/webhook-secret.ts';

export const HERE = 'https://hooks.example.com/webhooks/default';
export const THERE = 'https://elsewhere.example.com/old';
export const REGISTRATION = {
  account: 'default',
  level: 'account',
  url: HERE,
  events: ['BOOK_VERIFIED', 'DOC_VERIFIED', 'MIDDESK_VERIFIED'],
} as const;

type Operation = 'list' | 'put' | 'setSecret' | 'test' | 'remove';

/** Both levels of a fake Ocrolus, which fails as a test wants it to. */
export function openHarness() {
  const world = {
    registered: { account: [] as Registered[], organization: [] as Registered[] },
    /** What Ocrolus was told, secret after secret; it signs with the last one. */
    secrets: [] as string[],
    /** Tests, and with which secret each was signed. */
    tests: [] as (string | undefined)[],
    /** What is in Secrets Manager, reading after reading; the last one stays. */
    stored: ['secret-number-one-1'],
    /** What else is in there. */
    previous: {} as Pick<WebhookSecret, 'previous' | 'previousUntil'>,
    basic: [] as { username: string; password: string }[],
    fails: new Map<Operation, Failure>(),
    /** Left out silently. */
    unknown: ['MIDDESK_VERIFIED'],
    /** The whole list is refused. */
    refused: [] as string[],
    refusal: new Failure('refused', '1806'),
    puts: 0,
    tried: [] as string[],
    /** Milliseconds of waiting, which take no time. */
    waited: 0,
    trial: 'unreachable' as Trial,
    /** By the secret that a test is signed with. */
    outcomeOf: (_secret: string | undefined): TestOutcome => ({ ok: true }),
    lines: [] as string[],
  };
  const act = (operation: Operation) => {
    const failure = world.fails.get(operation);
    if (failure === undefined) return;
    world.fails.delete(operation);
    throw failure;
  };
  const openLevel = (_account: string, level: Level): WebhookLevel => ({
    level,
    async list() {
      act('list');
      return world.registered[level];
    },
    async put(wanted, existing) {
      world.puts += 1;
      if (wanted.events.some((name) => world.refused.includes(name))) throw world.refusal;
      const events = wanted.events.filter((name) => !world.unknown.includes(name));
      const others = world.registered[level].filter((one) => one !== existing && level !== 'account');
      const uuid = level === 'organization' ? { uuid: existing?.uuid ?? 'a-new-one' } : {};
      const now = { ...wanted, ...uuid, events };
      world.registered[level] = [...others, now];
      // After it was done: the worst moment.
      act('put');
      return now;
    },
    async setSecret(_webhook, secret) {
      world.secrets.push(secret);
      act('setSecret');
    },
    async test() {
      act('test');
      world.tests.push(world.secrets.at(-1));
      return world.outcomeOf(world.secrets.at(-1));
    },
    async remove({ url }) {
      act('remove');
      world.registered[level] = world.registered[level].filter((one) => one.url !== url);
    },
  });
  const dependencies: RegistrationDependencies = {
    openLevel,
    readSecret: async () => {
      const [current] = world.stored.length > 1 ? world.stored.splice(0, 1) : world.stored;
      return { current, ...world.previous, basic: world.basic };
    },
    trySecret: async (url) => {
      world.tried.push(url);
      return world.trial;
    },
    authentication: 'signature',
    test: 'require',
    now: () => Date.now() + world.waited,
    wait: async (milliseconds) => {
      world.waited += milliseconds;
    },
    log: createLog({ level: 'DEBUG', write: (line) => world.lines.push(line) }),
  };
  return { world, dependencies };
}

export const unavailable = () => new Failure('retry', 'http-503');
export const registered = (url: string, ...events: string[]): Registered => ({ url, events, isActive: true });

/** A deadline, in Unix milliseconds. */
export const LATER = Date.now() + 60_000;
