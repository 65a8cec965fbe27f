import { createHook } from 'node:async_hooks';
import { syncBuiltinESMExports } from 'node:module';
import { isCompressing } from './bodies.ts';

export class GuardError extends Error {
  override readonly name = 'GuardError';

  constructor(what: string) {
    super(`${what} was used during a simulation; it belongs behind a port`);
  }
}

export interface Guard {
  /** What was used, also where the caller caught the error, and with where it was. Empty is what is wanted. */
  readonly violations: readonly string[];
  /** Puts everything back. */
  uninstall(): void;
}

/** The ways out of a simulation: time, chance, timers and the network. */
function forbidden(): readonly (readonly [owner: object, names: readonly string[]])[] {
  const crypto = process.getBuiltinModule('node:crypto');
  const timers = process.getBuiltinModule('node:timers');
  const timerPromises = process.getBuiltinModule('node:timers/promises');
  const timerNames = ['setTimeout', 'setInterval', 'setImmediate'];
  return [
    [globalThis, ['fetch', ...timerNames]],
    [Math, ['random']],
    [AbortSignal, ['timeout']],
    [performance, ['now']],
    [globalThis.crypto, ['randomUUID', 'getRandomValues']],
    [crypto, ['randomUUID', 'randomBytes', 'randomInt']],
    [timers, timerNames],
    [timerPromises, timerNames],
  ];
}

/** Resources of Node that only drain microtasks, or that the scheduler itself uses. */
const HARMLESS = new Set(['Immediate', 'TickObject', 'Microtask', 'PROMISE']);

/** The test runner continues to work beside a simulation. */
const TEST_RUNNER = /node_modules\/(?:@?vitest|tinypool|birpc)/;

const SYNCHRONOUS_ZLIB = /\bsyncBufferWrapper /;

/** A resource is a violation unless a synchronous function of zlib, or the test runner itself, made it. */
function isHarmless(stack: string): boolean {
  if (SYNCHRONOUS_ZLIB.test(stack)) return true;
  const maker = stack.split('\n').find((line) => line.includes('    at ') && !OWN_FRAME.test(line));
  return maker !== undefined && TEST_RUNNER.test(maker);
}

/** Frames of Node and of the hook, which every stack begins with. */
const OWN_FRAME = /node:|AsyncHook\.init/;

/**
 * Until it is uninstalled, code that reaches time, chance, timers or the network past its ports throws. It also
 * notes work that Node does in other threads (zlib, files, DNS), which no replaced function would show because it may
 * have been imported long before.
 *
 * The kernel takes what it needs when it is loaded. Microtasks and `process.nextTick` stay: they run before the next
 * event. `new Date(x)` stays.
 */
export function installGuard(): Guard {
  const violations: string[] = [];
  const refuse = (what: string): GuardError => {
    const error = new GuardError(what);
    violations.push(error.stack ?? error.message);
    return error;
  };
  const restorers = forbidden().flatMap(([owner, names]) =>
    names.map((name) =>
      replace(owner, name, () => {
        throw refuse(name);
      }),
    ),
  );
  restorers.push(replace(globalThis, 'Date', guardedDate(refuse)));
  syncBuiltinESMExports();
  const hook = createHook({
    init(_id, type) {
      if (HARMLESS.has(type) || isCompressing()) return;
      const { stack = '' } = new GuardError(type);
      if (!isHarmless(stack)) violations.push(stack);
    },
    trackPromises: false,
  }).enable();
  return {
    violations,
    uninstall() {
      hook.disable();
      for (const restore of restorers) restore();
      syncBuiltinESMExports();
    },
  };
}

/**
 * `Date` itself stays as it is, because Node and libraries have it too; only the global name leads here. A function, and
 * no Proxy, because a Proxy takes several times as long for each date.
 */
function guardedDate(refuse: (what: string) => GuardError): unknown {
  const RealDate = Date;
  function GuardedDate(...values: readonly unknown[]): Date {
    if (new.target === undefined) throw refuse('Date()');
    if (values.length === 0) throw refuse('new Date()');
    return Reflect.construct(RealDate, values);
  }
  const now = () => {
    throw refuse('Date.now');
  };
  const { UTC, parse, prototype } = RealDate;
  return Object.assign(GuardedDate, { UTC, parse, now, prototype });
}

/** @returns puts the old property back. */
function replace(owner: object, name: string, value: unknown): () => void {
  const old = Object.getOwnPropertyDescriptor(owner, name);
  Object.defineProperty(owner, name, {
    value,
    configurable: true,
    writable: true,
    enumerable: old?.enumerable ?? false,
  });
  return () => {
    if (old === undefined) Reflect.deleteProperty(owner, name);
    else Object.defineProperty(owner, name, old);
  };
}
