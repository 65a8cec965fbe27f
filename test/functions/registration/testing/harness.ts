import type { RegistrationDependencies, Trial } from '../../../../functions/registration/registration.ts';
import { Failure } from '../../../../shared/failure.ts';
import type { Level, Registered, WebhookLevel } from '../../../../shared/ocrolus/webhooks/level.ts';
import type { WebhookSecret } from '../../../../shared/secrets/webhook-secret.ts';
import { createLog } from '../../../../shared/telemetry/log.ts';

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
  const state = {
    registered: { account: [] as Registered[], organization: [] as Registered[] },
    /** Secrets that Ocrolus was given, in order; it signs with the last one. */
    secrets: [] as string[],
    /** Tests, and with which secret each was signed. */
    tests: [] as (string | undefined)[],
    /** Results of successive reads in Secrets Manager; the last one stays. */
    stored: ['secret-number-one-1'],
    /** Other members of the secret. */
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
    outcomeOf: (_secret: string | undefined): { ok: boolean; message?: string } => ({ ok: true }),
    lines: [] as string[],
  };
  const act = (operation: Operation) => {
    const failure = state.fails.get(operation);
    if (failure === undefined) return;
    state.fails.delete(operation);
    throw failure;
  };
  const openLevel = (_account: string, level: Level, deadline: number): WebhookLevel => ({
    level,
    deadline,
    async list() {
      act('list');
      return state.registered[level];
    },
    async put(wanted, existing) {
      state.puts += 1;
      if (wanted.events.some((name) => state.refused.includes(name))) throw state.refusal;
      const events = wanted.events.filter((name) => !state.unknown.includes(name));
      const others = state.registered[level].filter((one) => one !== existing && level !== 'account');
      const uuid = level === 'organization' ? { uuid: existing?.uuid ?? 'a-new-one' } : {};
      const now = { ...wanted, ...uuid, events };
      state.registered[level] = [...others, now];
      // After it was done: the worst moment.
      act('put');
      return now;
    },
    async setSecret(_webhook, secret) {
      state.secrets.push(secret);
      act('setSecret');
    },
    async test() {
      act('test');
      const isSubscribed = state.registered[level].some(({ events }) => events.length > 0);
      if (!isSubscribed) return { ok: true, result: 'nothing to test' };
      state.tests.push(state.secrets.at(-1));
      const { ok, message = '' } = state.outcomeOf(state.secrets.at(-1));
      return ok ? { ok, result: 'delivered' } : { ok, message };
    },
    async remove({ url }) {
      act('remove');
      state.registered[level] = state.registered[level].filter((one) => one.url !== url);
    },
  });
  const dependencies: RegistrationDependencies = {
    openLevel,
    readSecret: async () => {
      const [current] = state.stored.length > 1 ? state.stored.splice(0, 1) : state.stored;
      return { current, ...state.previous, basic: state.basic };
    },
    trySecret: async (url) => {
      state.tried.push(url);
      return state.trial;
    },
    authentication: 'signature',
    test: 'require',
    now: () => Date.now() + state.waited,
    wait: async (milliseconds) => {
      state.waited += milliseconds;
    },
    log: createLog({ level: 'DEBUG', write: (line) => state.lines.push(line) }),
  };
  return { state, dependencies };
}

export const unavailable = () => new Failure('retry', 'http-503');
export const registered = (url: string, ...events: string[]): Registered => ({ url, events, isActive: true });

/** A deadline, in Unix milliseconds. */
export const LATER = Date.now() + 60_000;
