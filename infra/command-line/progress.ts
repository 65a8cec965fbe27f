/** The parts of a terminal that a progress bar needs. */
interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export interface Progress {
  /** @param done so far. @param note further text, such as the current position. */
  show(done: number, note?: string): void;
  end(): void;
}

/** A message to the parent process. `total` may be an estimate; `null`: it is not known. */
export interface ProgressMessage {
  readonly done: number;
  readonly total: number | null;
  readonly note: string;
}

/** Set to `ipc` by a parent process that reads the progress of a command as messages. */
export const PROGRESS_VARIABLE = 'OPS_PROGRESS';

const WIDTH = 30;
const EVERY_MS = 100;

/**
 * Draws a bar on standard error if that is a terminal. Sends {@link ProgressMessage} to a parent that asks for it.
 *
 * @param total may be an estimate; `undefined`: only the amount done is shown.
 */
export function progressBar(
  total: number | undefined,
  {
    terminal = process.stderr,
    send = sendToParent(),
    now = Date.now,
  }: {
    readonly terminal?: Terminal;
    readonly send?: ((message: ProgressMessage) => void) | undefined;
    readonly now?: () => number;
  } = {},
): Progress {
  const isTerminal = terminal.isTTY === true;
  let shownAt = Number.NEGATIVE_INFINITY;
  return {
    show(done, note = '') {
      if (now() - shownAt < EVERY_MS && (total === undefined || done < total)) return;
      shownAt = now();
      send?.({ done, total: total ?? null, note });
      if (isTerminal) terminal.write(`\r\x1b[K${lineOf(done, total, note)}`);
    },
    end: () => void (isTerminal && terminal.write('\r\x1b[K')),
  };
}

function lineOf(done: number, total: number | undefined, note: string): string {
  if (total === undefined) return `${done} ${note}`;
  const share = total === 0 ? 1 : Math.min(done / total, 1);
  const full = Math.round(share * WIDTH);
  const bar = '█'.repeat(full) + '░'.repeat(WIDTH - full);
  return `${bar} ${done}/${Math.max(total, done)} ${note}`;
}

function sendToParent(): ((message: ProgressMessage) => void) | undefined {
  return process.env[PROGRESS_VARIABLE] === 'ipc' ? (message) => void process.send?.(message) : undefined;
}
