import * as z from 'zod';
import type { Answer } from './client.ts';
import { text } from './lenient-fields.ts';

/** Only the attributes that no other call has; the answer also has bank accounts (docs/ocrolus.md#book-info). */
const BookInfo = z.looseObject({ response: z.looseObject({ xid: text, book_type: text }) });

/** Reads an answer of Book info. Attributes that are missing or have another shape are left out. */
export function readBookInfo({ json }: Pick<Answer, 'json'>) {
  const { xid, book_type: bookType } = BookInfo.safeParse(json).data?.response ?? {};
  return { ...(xid !== undefined && { xid }), ...(bookType !== undefined && { bookType }) };
}
