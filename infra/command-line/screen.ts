import { styleText } from 'node:util';

/** An output that people read. */
export interface Screen {
  /** Width in columns; infinite if it is not a terminal. */
  readonly width: number;
  /** Colours text on a terminal, unless `NO_COLOR` is set; `FORCE_COLOR` colours it anywhere. */
  readonly style: (format: Parameters<typeof styleText>[0], text: string) => string;
}

export function screenOf(stream: NodeJS.WriteStream): Screen {
  return {
    width: stream.isTTY ? stream.columns : Number.POSITIVE_INFINITY,
    style: (format, text) => styleText(format, text, { stream }),
  };
}

/** A screen of unlimited width, without colours. */
export const PLAIN: Screen = { width: Number.POSITIVE_INFINITY, style: (_, text) => text };
