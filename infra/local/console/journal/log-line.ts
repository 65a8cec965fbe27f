import * as z from 'zod';

const Line = z.object({
  message: z.string(),
  requestId: z.string().optional(),
  deliveryId: z.string().optional(),
  eventName: z.string().optional(),
  channel: z.string().optional(),
  bookUuid: z.string().optional(),
  outcome: z.string().optional(),
  reason: z.string().optional(),
  code: z.string().optional(),
  seconds: z.number().optional(),
});

/** Parts of a function's log line (`shared/telemetry/log.ts`) that the journal uses. */
export type LogLine = z.infer<typeof Line>;

export const LogLine = {
  /** @returns `undefined` for a line of another kind, such as a metric. */
  read(text: string): LogLine | undefined {
    if (!text.startsWith('{') || !text.includes('"message"')) return undefined;
    try {
      return Line.safeParse(JSON.parse(text)).data;
    } catch {
      return undefined;
    }
  },
};
