import type { ApiFault } from '../http/faults.ts';
import type { Simulator } from '../simulator.ts';
import type { ApiFaultSettings, DeliveryFaultSettings } from './requests.ts';

/** Which faults are switched on. */
export interface SwitchedOn {
  readonly api: readonly (ApiFaultSettings & {
    readonly fault: ApiFault;
    /** How many calls it will still meet; `null`: until it is switched off. */
    readonly left: number | null;
  })[];
  /** Chances, 0 to 1. */
  readonly deliveries: DeliveryFaultSettings;
}

/** One switch for each fault of the API, and the chances of what happens to deliveries. */
export class FaultSwitches {
  readonly #simulator: Simulator;
  readonly #off = new Map<ApiFault, () => void>();

  constructor(simulator: Simulator) {
    this.#simulator = simulator;
  }

  get state(): SwitchedOn {
    const { faults, deliveryFaults } = this.#simulator;
    return {
      api: faults.active.map(({ rule: { path, ...rule }, left }) => ({
        ...rule,
        ...(path !== undefined && { path: String(path) }),
        left: Number.isFinite(left) ? left : null,
      })) as SwitchedOn['api'],
      deliveries: typeof deliveryFaults === 'function' ? {} : deliveryFaults,
    };
  }

  /** Switched on twice, the later settings hold. */
  setApi(fault: ApiFault, settings: ApiFaultSettings): void {
    this.clearApi(fault);
    this.#off.set(fault, this.#simulator.faults.add({ ...defined(settings), fault }));
  }

  clearApi(fault: ApiFault): void {
    this.#off.get(fault)?.();
    this.#off.delete(fault);
  }

  setDeliveries(settings: DeliveryFaultSettings): void {
    const { deliveryFaults: now } = this.#simulator;
    this.#simulator.deliveryFaults = { ...(typeof now === 'function' ? {} : now), ...defined(settings) };
  }

  clearDeliveries(): void {
    this.#simulator.deliveryFaults = {};
  }

  clear(): void {
    this.#off.clear();
    this.#simulator.faults.clear();
    this.clearDeliveries();
  }
}

/** What zod leaves out is `undefined` in its types, which `exactOptionalPropertyTypes` tells apart. */
export function defined<T extends object>(settings: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
