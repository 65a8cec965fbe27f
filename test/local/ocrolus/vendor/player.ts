import {
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../../../../infra/local/ocrolus/index.ts';
import { type Answer, ask, signIn } from '../testing/client.ts';

/** An answer of the simulator. */
export interface Played {
  readonly operation: string;
  readonly status: number;
  /** Parsed; `undefined` when it is no JSON. */
  readonly body: unknown;
  /** What was asked. */
  readonly request: string;
}

/** The id of nothing. */
export const UNKNOWN = '00000000-0000-4000-8000-000000000000';

const RATES = { requestsPerSecond: 1e6, heavyRequestsPerSecond: 1e6 };

/** Calls a simulator as an API client would, and takes down what it answers. */
export class Player {
  readonly played: Played[] = [];
  readonly simulator: Simulator;
  #api: Awaited<ReturnType<typeof signIn>>;
  readonly #clock: { now: number };

  private constructor(simulator: Simulator, api: Awaited<ReturnType<typeof signIn>>, clock: { now: number }) {
    this.simulator = simulator;
    this.#api = api;
    this.#clock = clock;
  }

  static async start(options: Partial<SimulatorOptions> = {}): Promise<Player> {
    const clock = { now: Date.UTC(2026, 0, 5) };
    const now = () => clock.now;
    const quick = { jobMs: 1000, deliveryTimeoutMs: 200 };
    const simulator = await startSimulator({ ...RATES, ...quick, now, ...options });
    return new Player(simulator, await signIn(simulator), clock);
  }

  async pass(ms: number): Promise<void> {
    this.#clock.now += ms;
    this.#api = await signIn(this.simulator);
  }

  async get(...targets: string[]): Promise<void> {
    for (const target of targets) this.note(await this.#api.get(target), target);
  }

  async post(target: string, body: unknown = {}): Promise<Answer> {
    return this.note(await this.#api.sendJson('POST', target, body), target);
  }

  async delete(target: string): Promise<void> {
    this.note(await this.#api.send('DELETE', target), target);
  }

  async grant(secret: string): Promise<void> {
    const fields = {
      grant_type: 'client_credentials',
      client_id: 'simulator-client',
      client_secret: secret,
    };
    const init = { method: 'POST', body: JSON.stringify(fields) };
    this.note(await ask(`${this.simulator.url}/oauth/token`, init), '/oauth/token');
  }

  /** What it is answered, without taking it down. */
  look(target: string): Promise<Answer> {
    return this.#api.get(target);
  }

  note(answer: Answer, request: string): Answer {
    const { operation = '(none)' } = this.simulator.calls.at(-1) ?? {};
    this.played.push({ operation, status: answer.status, body: answer.body, request });
    return answer;
  }
}
