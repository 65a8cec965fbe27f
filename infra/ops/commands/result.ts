import { RESULT_KINDS } from '../../../shared/events/catalog.ts';
import { type Command, requiredArgument, UsageError } from '../command.ts';

export const result: Command = {
  usage: 'result <uuid> <kind> [subject]',
  summary: 'the body of a result, exactly as Ocrolus sent it',
  status0: 'there is such a result',
  async run({ reader }, call) {
    const bookId = requiredArgument(call, 0, 'the uuid of the book');
    const sent = requiredArgument(call, 1, 'the kind');
    const kind = RESULT_KINDS.find((known) => known === sent);
    if (kind === undefined) throw new UsageError(`kind is one of: ${RESULT_KINDS.join(' ')}`);
    const stream = await reader.resultStream(bookId, kind, call.arguments[2]);
    if (stream === undefined) throw new Error(`no such result of book ${bookId}`);
    return { stream };
  },
};
