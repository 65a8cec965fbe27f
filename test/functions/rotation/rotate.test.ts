import { beforeEach, describe, expect, it } from 'vitest';
import { type RotationDependencies, rotate } from '../../../functions/rotation/rotate.ts';
import type { Version, VersionStage } from '../../../functions/rotation/secret-versions.ts';
import { signingSecrets, type WebhookSecret } from '../../../shared/secrets/webhook-secret.ts';
import { createLog } from '../../../shared/telemetry/log.ts';

const OLD = 'the-old-secret-0123';
const MINUTE = 60_000;
const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

let harness: ReturnType<typeof open>;
beforeEach(() => {
  harness = open();
});

function open() {
  const state = {
    now: Date.parse('2026-01-01T00:00:00Z'),
    versions: new Map<string, Version>(),
    stages: new Map<VersionStage, string>([['AWSCURRENT', 'v1']]),
    /** Secret that Ocrolus signs with. */
    ocrolus: OLD,
    waited: 0,
    failing: '',
  };
  const put = (id: string, secret: WebhookSecret) =>
    state.versions.set(id, { id, secret, createdAt: new Date(state.now) });
  put('v1', { current: OLD, basic: [] });
  /** Secrets that the webhook accepts: current and pending, as it reads them. */
  const honoured = () => {
    const at = (stage: VersionStage) => state.versions.get(state.stages.get(stage) ?? '')?.secret;
    const pending = at('AWSPENDING')?.current;
    return signingSecrets(
      { basic: [], ...at('AWSCURRENT'), ...(pending !== undefined && { pending }) },
      state.now,
    );
  };
  const fail = (what: string) => {
    if (state.failing === what) throw new Error(what);
  };
  const dependencies: RotationDependencies = {
    versions: {
      read: async (stage) => state.versions.get(state.stages.get(stage) ?? ''),
      putPending: async (secret, id) => {
        put(id, secret);
        state.stages.set('AWSPENDING', id);
      },
      makeCurrent: async (id) => {
        fail('finish');
        state.stages.set('AWSCURRENT', id);
      },
    },
    setAtOcrolus: async (secret) => {
      state.ocrolus = secret;
      fail('tell');
    },
    test: async () =>
      state.failing === 'test' ? { ok: false, message: '401' } : { ok: true, result: 'delivered' },
    testRequired: true,
    overlapMs: 30 * MINUTE,
    settleMs: 15_000,
    log: createLog({ write: () => {} }),
    now: () => state.now,
    wait: async (milliseconds) => {
      state.waited += milliseconds;
      state.now += milliseconds;
    },
  };
  const step = (Step: (typeof STEPS)[number], token = 'v2') =>
    rotate({ Step, SecretId: 'arn', ClientRequestToken: token }, dependencies);
  return { state, dependencies, honoured, step };
}

async function all(token = 'v2') {
  for (const step of STEPS) {
    await harness.step(step, token);
    expect(harness.honoured()).toContain(harness.state.ocrolus);
  }
}

describe('a rotation', () => {
  it('ends with a new secret, and accepts the old one until the overlap ends', async () => {
    await all();
    const { state } = harness;
    expect(state.ocrolus).toMatch(/^[0-9a-f]{64}$/);
    expect(state.stages.get('AWSCURRENT')).toBe('v2');
    expect(harness.honoured()).toEqual([state.ocrolus, OLD]);
    state.now += 29 * MINUTE;
    expect(harness.honoured()).toContain(OLD);
    state.now += 6 * MINUTE;
    expect(harness.honoured()).toEqual([state.ocrolus]);
  });

  it('sets the secret at Ocrolus only when every instance of the webhook can know it', async () => {
    await harness.step('createSecret');
    expect(harness.state.ocrolus).toBe(OLD);
    await harness.step('setSecret');
    expect(harness.state.waited).toBe(15_000);
    // A retry has waited already.
    await harness.step('setSecret');
    expect(harness.state.waited).toBe(15_000);
  });

  it.each(['tell', 'test', 'finish'])('that fails at "%s" leaves a pair that works', async (what) => {
    harness.state.failing = what;
    await expect(all()).rejects.toThrow();
    expect(harness.honoured()).toContain(harness.state.ocrolus);
    expect(harness.honoured()).toContain(OLD);
    harness.state.failing = '';
    await all();
    expect(harness.honoured()).toEqual([harness.state.ocrolus, OLD]);
  });

  it('that was abandoned is continued with its secret, because Ocrolus may have it', async () => {
    await harness.step('createSecret', 'given-up');
    await harness.step('setSecret', 'given-up');
    const { ocrolus } = harness.state;
    await all('another');
    expect(harness.state.ocrolus).toBe(ocrolus);
  });

  it('whose steps come hours late still gives the old secret its whole overlap', async () => {
    await harness.step('createSecret');
    harness.state.now += 180 * MINUTE;
    for (const step of STEPS) await harness.step(step);
    harness.state.now += 29 * MINUTE;
    expect(harness.honoured()).toContain(OLD);
  });

  it('may follow another', async () => {
    await all('v2');
    const second = harness.state.ocrolus;
    await all('v3');
    expect(harness.honoured()).toEqual([harness.state.ocrolus, second]);
  });

  it('does nothing twice when its last steps are called again', async () => {
    await all();
    const { ocrolus } = harness.state;
    await all();
    expect(harness.state.ocrolus).toBe(ocrolus);
  });

  it('sets the secret at Ocrolus again at its end: a registration may have set the old one in the meantime', async () => {
    for (const step of STEPS.slice(0, -1)) await harness.step(step);
    const next = harness.state.ocrolus;
    harness.state.ocrolus = OLD;
    await harness.step('finishSecret');
    expect(harness.state.ocrolus).toBe(next);
    // A retry of the last step does so again.
    harness.state.ocrolus = OLD;
    await harness.step('finishSecret');
    expect(harness.state.ocrolus).toBe(next);
  });

  it('keeps Basic credentials and what else the secret has', async () => {
    const basic = [{ username: 'u', password: 'p' }];
    harness.state.versions.set('v1', {
      id: 'v1',
      secret: { current: OLD, basic, note: 'kept' },
      createdAt: new Date(0),
    });
    await all();
    expect(harness.state.versions.get('v2')?.secret).toMatchObject({ basic, note: 'kept' });
  });

  it('lets Secrets Manager try the test step alone, before anything is pending', async () => {
    harness.state.failing = 'test';
    await expect(harness.step('testSecret')).resolves.toBeUndefined();
  });
});
