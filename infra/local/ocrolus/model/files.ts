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
  return availableFile(workbookOf(`${book.uuid} "simulated_revision":${revision}`), XLSX);
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

/**
 * An Excel workbook with an empty sheet, which is a ZIP file, up to the length of its comment
 * (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT).
 */
const WORKBOOK =
  'UEsDBBQAAAAIAAAAIQARKni46wAAANgBAAATAAAAW0NvbnRlbnRfVHlwZXNdLnhtbK2Ry07EMAxFfyXKFjUpLBBCbWcxwBJYDB9g' +
  'JW4bTV6KPa+/J+3AhgUSEqskvvf62Eq3OQcvjljIpdjLW9VKgdEk6+LUy4/dS/MgBTFECz5F7OUFSW6GbnfJSKJmI/VyZs6PWpOZ' +
  'MQCplDFWZUwlANdnmXQGs4cJ9V3b3muTImPkhpcecuiecISDZ/F8ruXrHAU9SbG9GhdWLyFn7wxw1fUx2h+U5ouganL10Owy3VSD' +
  '1EP3VhcszqJ4h8KvEGo7fVKL+CdGGkdn0CZzCDWiKBcESzMiB6/WUwVw8Tcq/TP1lMp+vX9D9fozwydQSwMEFAAAAAgAAAAhAGId' +
  'VyOnAAAAHQEAAAsAAABfcmVscy8ucmVsc43Puw7CMAwF0F+JvNMUBoRQ0y4IqSsqH2AlbhrRPJSER/+ejBQxMFq+Plduuped2YNi' +
  'Mt4J2FY1MHLSK+O0gOtw3hyApYxO4ewdCVgoQdc2F5oxl5M0mZBYMVwSMOUcjpwnOZHFVPlArmxGHy3mMkbNA8obauK7ut7z+GnA' +
  '2mS9EhB7tQU2LIH+sf04GkknL++WXP5R8ZUoMkZNWcCzKhTwtuGrt9o3UEsDBBQAAAAIAAAAIQACCluKvgAAAB4BAAAFAAAAdy54' +
  'bWyNj01OAzEMha8SeU8zZYHQaGaqSgipeziASTydqIk9stNCb0+gdM/Kf3qf3xt2XyW7C6kl4RG2mw4ccZCY+DjC+9vrwzM4q8gR' +
  'szCNcCWD3TR8ip4+RE6uydlGWGpde+8tLFTQNrISt8ssWrC2UY/eViWMthDVkv1j1z35gonhRuj1PwyZ5xToRcK5ENcbRCljbeZt' +
  'SavBNPx+sL/qGEszvWfM15qCtSw/60NsUcFpn1qjh7gFPw3+rvT3cNM3UEsDBBQAAAAIAAAAIQBzTffIqwAAABgBAAAQAAAAX3Jl' +
  'bHMvdy54bWwucmVsc43PywrCMBAF0F8Js7epLkSkaTcidCv1A0IyTUqbB5n46N+bpQUXLofLPZdpurdb2BMTTcEL2Fc1MPQq6Mkb' +
  'AffhujsBoyy9lkvwKGBFgq5tbrjIXCpkp0isGJ4E2JzjmXNSFp2kKkT0JRlDcjKXMxkepZqlQX6o6yNP3wZsTdZrAanXe2DDGvEf' +
  'O4zjpPAS1MOhzz8m+CukmSxiLqhMBrMAqooCvG345qP2A1BLAwQUAAAACAAAACEAnoyoToIAAACcAAAABQAAAHMueG1sPYxLDsIw' +
  'DAWvEnlPHVgghJJ0gzgBHMBqTFvROFUc8bk9URcs34zmuf6TFvPionMWD/vOgmEZcpxl9HC/XXcnMFpJIi1Z2MOXFfrg3rk8dWKu' +
  'pvWiHqZa1zOiDhMn0i6vLM08cklU2ywj6lqY4halBQ/WHjHRLBDcxi5UCYPD/3P4AVBLAQIUABQAAAAIAAAAIQARKni46wAAANgB' +
  'AAATAAAAAAAAAAAAAACAAQAAAABbQ29udGVudF9UeXBlc10ueG1sUEsBAhQAFAAAAAgAAAAhAGIdVyOnAAAAHQEAAAsAAAAAAAAA' +
  'AAAAAIABHAEAAF9yZWxzLy5yZWxzUEsBAhQAFAAAAAgAAAAhAAIKW4q+AAAAHgEAAAUAAAAAAAAAAAAAAIAB7AEAAHcueG1sUEsB' +
  'AhQAFAAAAAgAAAAhAHNN98irAAAAGAEAABAAAAAAAAAAAAAAAIABzQIAAF9yZWxzL3cueG1sLnJlbHNQSwECFAAUAAAACAAAACEA' +
  'noyoToIAAACcAAAABQAAAAAAAAAAAAAAgAGmAwAAcy54bWxQSwUGAAAAAAUABQAeAQAASwQAAA==';

/** The workbook; the text is the comment of the ZIP file. */
function workbookOf(text: string): Buffer {
  return Buffer.concat([Buffer.from(WORKBOOK, 'base64'), Buffer.from([text.length, 0]), Buffer.from(text)]);
}
