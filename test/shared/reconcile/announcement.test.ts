import { expect, test } from 'vitest';
import { findDocument } from '../../../shared/reconcile/announcement.ts';

const STATUS = { status: 'VERIFIED' };
const PART = { docUuid: 'part', ...STATUS };
const IDS = { uploadedDocUuid: 'upload', docUuid: 'part' };

test.each([
  ['the part, of a PDF that was split', [{ docUuid: 'upload', mixed: true, ...STATUS }, PART], 'part'],
  ['the PDF, until its part is listed', [{ docUuid: 'upload', mixed: true, ...STATUS }], 'upload'],
  ['the upload, of any other document', [{ docUuid: 'upload', ...STATUS }, PART], 'upload'],
])('an event that names an upload and a part is about %s', (_, listed, docUuid) => {
  expect(findDocument(listed, IDS)?.docUuid).toBe(docUuid);
});
