import { IDS } from './recorded-delivery.ts';

/** What a result is about. `documents`: each document of the book; `group`: each document of an image group. */
export type Of = 'book' | 'document' | 'documents' | 'group' | 'request' | 'business';

/** The subject under which a result is stored. */
export const SUBJECTS: Readonly<Record<Of, string>> = {
  book: IDS.bookUuid,
  document: IDS.uploadedDocUuid,
  documents: IDS.uploadedDocUuid,
  group: IDS.uploadedDocUuid,
  request: IDS.analyticsRequestId,
  business: IDS.businessUuid,
};

/** The opposite, for kinds with one subject. */
export function ofSubject(subject: string): Of {
  const ofs: readonly Of[] = ['request', 'business', 'document'];
  return ofs.find((of) => SUBJECTS[of] === subject) ?? 'book';
}

/** `document` for several documents, else the same. */
export function single(of: Of): Of {
  return SUBJECTS[of] === IDS.uploadedDocUuid ? 'document' : of;
}
