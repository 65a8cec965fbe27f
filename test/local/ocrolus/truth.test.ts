import { afterEach, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../../infra/local/ocrolus/index.ts';
import { signIn } from './testing/client.ts';

let simulator: Simulator;
afterEach(() => simulator.close());

const UNLIMITED = { requestsPerSecond: 1e6, heavyRequestsPerSecond: 1e6 };

describe('expected', () => {
  it('is every answer byte for byte, before and after each step', async () => {
    simulator = await startSimulator(UNLIMITED);
    const api = await signIn(simulator);
    const documents = [
      { mixed: 'all.pdf' },
      { kind: 'form' },
      { kind: 'pay-stub', detect: 'unable' },
    ] as const;
    const { uuid } = simulator.addBook({ documents });
    simulator.requestAsyncAnalytics(uuid);
    simulator.createBusiness(uuid);
    do {
      const { answers } = await simulator.expected(uuid);
      for (const { target, status, body } of answers) {
        expect(await api.get(target), target).toMatchObject({ status, text: body.toString() });
      }
    } while ((await simulator.advance(uuid)) !== undefined);
    expect(simulator.unknownPaths).toEqual([]);
  });

  it('is the same in a second run with the same seed and clock', async () => {
    const run = async () => {
      simulator = await startSimulator({ now: () => Date.UTC(2026, 0, 5), random: () => 0.25 });
      const { uuid } = simulator.addBook({ documents: [{}] });
      const { answers } = await simulator.expected(uuid);
      await simulator.close();
      return answers;
    };
    expect(await run()).toEqual(await run());
  });

  it('passes 409,600 bytes for a large statement', async () => {
    simulator = await startSimulator();
    const { uuid } = simulator.addBook({ documents: [{ transactions: 1_300 }] });
    await simulator.verifyBook(uuid);
    const { body } = (await simulator.expected(uuid)).answer('analytics');
    expect(body.length).toBeGreaterThan(409_600);
  });
});
