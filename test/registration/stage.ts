import type { RegistrationParts } from '../../functions/registration/registrar.ts';
import { Failure } from '../../shared/failure.ts';
import type { Level, Registered, TestOutcome, WebhookLevel } from '../../shared/ocrolus/webhooks/level.ts';
import { createLog } from '../../shared/telemetry/log.ts';

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
export function openStage() {
  const world = {
    registered: { account: [] as Registered[], organization: [] as Registered[] },
    secrets: [] as string[],
    /** What is in Secrets Manager, reading after reading; the last one stays. */
    stored: ['secret-number-one-1'],
    basic: [] as { username: string; password: string }[],
    fails: new Map<Operation, Failure>(),
    unknown: ['MIDDESK_VERIFIED'],
    outcome: { ok: true } as TestOutcome,
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
      return world.outcome;
    },
    async remove({ url }) {
      act('remove');
      world.registered[level] = world.registered[level].filter((one) => one.url !== url);
    },
  });
  const parts: RegistrationParts = {
    openLevel,
    readSecret: async () => {
      const [current] = world.stored.length > 1 ? world.stored.splice(0, 1) : world.stored;
      return { current, basic: world.basic };
    },
    authentication: 'signature',
    test: 'require',
    log: createLog({ level: 'DEBUG', write: (line) => world.lines.push(line) }),
  };
  return { world, parts };
}

export const unavailable = () => new Failure('retry', 'http-503');
export const registered = (url: string, ...events: string[]): Registered => ({ url, events, isActive: true });
