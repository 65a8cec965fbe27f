import { notReady, withoutTransactions } from './analytics.ts';
import { bookOf, type Match } from './model.ts';
import { availableFile, type Reply } from './reply.ts';

/*
 * Files: the analytics of a book as an Excel workbook, and documents as they were uploaded. Each has its revision, not
 * compressed, and bytes that are no UTF-8.
 */

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Version 2 analytics as a workbook, which is not computed by a job. */
export function workbook(match: Match): Reply {
  const book = bookOf(match);
  const { isReady, rows, revision } = book.analytics;
  if (!isReady) return notReady(match, book);
  if (rows === 0) return withoutTransactions(match, book);
  return availableFile(workbookOf([book.uuid, `"simulated_revision":${revision}`]), XLSX);
}

/** The upload, which is there as long as the document is. */
export function original({ document }: Match): Reply {
  if (document === undefined) throw new Error('no document');
  const { uuid, original } = document;
  return availableFile(pdfOf(`${uuid} "simulated_revision":${original.revision}`), 'application/pdf');
}

/** A PDF with an empty page; the text is a comment. By convention, a comment with bytes above 127 says that it is binary. */
function pdfOf(text: string): Buffer {
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>',
  ];
  let pdf = `%PDF-1.4\n%\xe2\xe3\xcf\xd3\n% ${text}\n`;
  const offsets = objects.map((object, index) => {
    const offset = pdf.length;
    pdf += `${index + 1} 0 obj${object}endobj\n`;
    return String(offset).padStart(10, '0');
  });
  const rows = offsets.map((offset) => `${offset} 00000 n \n`).join('');
  const trailer = `trailer<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${pdf.length}\n%%EOF\n`;
  return Buffer.from(`${pdf}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}${trailer}`, 'latin1');
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const OFFICE = 'http://schemas.openxmlformats.org';
const SHEET_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

const relationship = (type: string, target: string) =>
  `${XML}<Relationships xmlns="${OFFICE}/package/2006/relationships"><Relationship Id="rId1" ` +
  `Type="${OFFICE}/officeDocument/2006/relationships/${type}" Target="${target}"/></Relationships>`;

/** A workbook with one sheet of one column. */
function workbookOf(cells: readonly string[]): Buffer {
  const main = `xmlns="${OFFICE}/spreadsheetml/2006/main"`;
  const rows = cells.map((text) => `<row><c t="inlineStr"><is><t>${text}</t></is></c></row>`).join('');
  return zipOf({
    '[Content_Types].xml':
      `${XML}<Types xmlns="${OFFICE}/package/2006/content-types">` +
      '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
      `<Override PartName="/xl/workbook.xml" ContentType="${SHEET_TYPE}.sheet.main+xml"/>` +
      `<Override PartName="/xl/worksheets/sheet1.xml" ContentType="${SHEET_TYPE}.worksheet+xml"/></Types>`,
    '_rels/.rels': relationship('officeDocument', 'xl/workbook.xml'),
    'xl/workbook.xml':
      `${XML}<workbook ${main} xmlns:r="${OFFICE}/officeDocument/2006/relationships">` +
      '<sheets><sheet name="Analytics" sheetId="1" r:id="rId1"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels': relationship('worksheet', 'worksheets/sheet1.xml'),
    'xl/worksheets/sheet1.xml': `${XML}<worksheet ${main}><sheetData>${rows}</sheetData></worksheet>`,
  });
}

/** 1 January 1980, the first day that a ZIP file can have: the same content has the same bytes. */
const DAY = 0x21;

/** A ZIP file with uncompressed entries (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT). */
function zipOf(files: Readonly<Record<string, string>>): Buffer {
  const pieces: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const content = Buffer.from(text);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(DAY, 8);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    const local = [signature(3, 4), common, Buffer.from(name), content];
    directory.push(signature(1, 2), Buffer.from([20, 0]), common, place, Buffer.from(name));
    pieces.push(...local);
    offset += local.reduce((sum, { length }) => sum + length, 0);
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  const count = Object.keys(files).length;
  end.writeUInt16LE(count, 4);
  end.writeUInt16LE(count, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...pieces, central, signature(5, 6), end]);
}

/** The checksum of ZIP. The model imports nothing, so also not that of zlib. */
function crc32(bytes: Buffer): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ ((crc & 1) * 0xed_b8_83_20);
  }
  return ~crc >>> 0;
}

function signature(first: number, second: number): Buffer {
  return Buffer.from([0x50, 0x4b, first, second]);
}
