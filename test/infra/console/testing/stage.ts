import { beforeEach, expect } from 'vitest';
import type { Alarm } from '../../../../infra/ops/target/alarms.ts';
import type { Target } from '../../../../infra/ops/target/target.ts';
import { newBook, updateBook } from '../../../../shared/store/books.ts';
import { delivery } from '../../../shared/events/testing/delivery.ts';
import { useStack } from '../../ops/testing/stack.ts';

export const BOOK = '11111111-1111-4111-8111-111111111111';
export const OTHER = '22222222-2222-4222-8222-222222222222';

/** ISO 8601. */
export const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

/** A text of AWS with an ARN, as a refusal has it: no page may show it. */
export const RAW_TEXT = 'User: arn:aws:sts::123456789012:assumed-role/ops is not authorized';

/** Writes a book with a missing result, one without, and three deliveries: new, failed, and two hours old. */
async function fill({ table, past }: ReturnType<typeof useStack>): Promise<void> {
  const writer = { account: 'default', source: 'webhook', now: Date.now() } as const;
  await updateBook(table, BOOK, () => ({
    ...newBook(BOOK, { bookUuid: BOOK, bookPk: '77', name: 'Loan of Jane Roe' }, writer),
    status: 'VERIFIED',
    complete: false,
    open: ['summary'],
  }));
  await updateBook(table, OTHER, () => ({
    ...newBook(OTHER, { bookUuid: OTHER }, writer),
    status: 'VERIFIED',
    complete: true,
    open: [],
  }));
  const received = (deliveryId: string, minutes: number, bookUuid: string) =>
    delivery('BOOK_VERIFIED', { bookUuid }, { deliveryId, receivedAt: ago(minutes) });
  await past(received('new', 5, BOOK));
  await past(received('failed', 10, OTHER), { code: 'http-500' });
  await past(received('old', 120, BOOK), { outcome: 'unchanged' });
}

/** The stage `prod` with some books and deliveries before each test. It remembers every operation of DynamoDB and SQS. */
export function useStage() {
  const stack = useStack('book-verified', 'doc-verified');
  /** Operations that are denied, such as `Query`. */
  const denied = new Set<string>();
  const operations: string[] = [];
  const invocations: string[] = [];
  let alarms: Alarm[] = [];
  let paused: string[] = [];

  const refuse = (operation: string) => {
    const more = { name: 'AccessDeniedException', $metadata: {} };
    if (denied.has(operation)) throw Object.assign(new Error(RAW_TEXT), more);
  };
  const watched = new WeakSet<object>();
  const watch = (client: { readonly send: unknown }) => {
    if (watched.has(client)) return;
    watched.add(client);
    const send = Object.getPrototypeOf(client).send;
    const watchedSend = async (command: object, ...rest: unknown[]): Promise<unknown> => {
      const operation = command.constructor.name.replace('Command', '');
      operations.push(operation);
      refuse(operation);
      return Reflect.apply(send, client, [command, ...rest]);
    };
    Object.assign(client, { send: watchedSend });
  };
  beforeEach(async () => {
    await fill(stack);
    alarms = [];
    paused = [];
    denied.clear();
    watch(stack.table.client);
    watch(stack.target.sqs);
  });
  const never = async () => expect.fail('the console changes nothing');

  return {
    stack,
    denied,
    operations,
    /** Requests to invoke functions. */
    invocations,
    get target(): Target {
      return {
        ...stack.target,
        ledgerIndexedSince: async () => '2020-01-01T00:00:00.000Z',
        pollSeconds: undefined,
        invoke: async (name, event) => {
          invocations.push(`${name} ${JSON.stringify(event)}`);
          return [];
        },
        alarms: async () => {
          refuse('DescribeAlarms');
          return alarms;
        },
        pausedChannels: async () => paused,
        ...{ poll: never, setConsuming: never, protect: never, simulate: never },
      };
    },
    /** Turns the only alarm on. */
    alarm(name: string) {
      alarms = [
        {
          ...{ name: `ocrolus-prod-${name}`, urgency: 'page', state: 'ALARM', isComposite: false },
          ...{ since: '2026-03-02T08:00:00.000Z', description: 'What it means', reason: 'too many' },
        },
      ];
    },
    pause(channel: string) {
      paused = [channel];
    },
  };
}
