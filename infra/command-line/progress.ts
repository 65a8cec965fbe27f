/** The parts of a terminal that a progress bar needs. */
export interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export interface Progress {
  /** @param done so far. @param note further text, such as the current position. */
  show(done: number, note?: string): void;
  end(): void;
}

const WIDTH = 30;
const EVERY_MS = 100;

/**
 * Draws a bar on standard error if that is a terminal, otherwise nothing.
 *
 * @param total may be an estimate; `undefined`: only the amount done is shown.
 */
export function progressBar(
  total: number | undefined,
  { terminal = process.stderr, now = Date.now }: { terminal?: Terminal; now?: () => number } = {},
): Progress {
  if (terminal.isTTY !== true) return { show: () => {}, end: () => {} };
  let drawnAt = Number.NEGATIVE_INFINITY;
  return {
    show(done, note = '') {
      if (now() - drawnAt < EVERY_MS && (total === undefined || done < total)) return;
      drawnAt = now();
      if (total === undefined) {
        terminal.write(`\r\x1b[K${done} ${note}`);
        return;
      }
      const share = total === 0 ? 1 : Math.min(done / total, 1);
      const full = Math.round(share * WIDTH);
      const bar = '█'.repeat(full) + '░'.repeat(WIDTH - full);
      terminal.write(`\r\x1b[K${bar} ${done}/${Math.max(total, done)} ${note}`);
    },
    end: () => void terminal.write('\r\x1b[K'),
  };
}
