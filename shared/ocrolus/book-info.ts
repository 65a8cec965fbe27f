import * as z from 'zod';
import type { Answer } from './client.ts';

const text = z.string().optional().catch(undefined);

/** Only what nothing else tells of a book; the answer also has bank accounts (docs/ocrolus.md#book-info). */
const BookInfo = z.looseObject({ response: z.looseObject({ xid: text, book_type: text }) });

/** Reads what Book info says of a book. Whatever is missing or has another shape is left out. */
export function readBookInfo({ json }: Pick<Answer, 'json'>) {
  const { xid, book_type: bookType } = BookInfo.safeParse(json).data?.response ?? {};
  return { ...(xid !== undefined && { xid }), ...(bookType !== undefined && { bookType }) };
}
