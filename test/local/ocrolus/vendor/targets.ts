/** The calls about a book. */
export function ofBook(uuid: string): string[] {
  const v2 = (path: string) => `/v2/book/${uuid}/${path}`;
  return [
    ...['status', 'info', 'forms', 'summary'].map((name) => `/v1/book/${name}?book_uuid=${uuid}`),
    `/v1/transaction?book_uuid=${uuid}`,
    `/v1/book/${uuid}/suspicious-activity-flags`,
    `/v2/detect/book/${uuid}/signals`,
    ...['paystub', 'classification-summary', 'summary', 'cash_flow_features', 'enriched_txns'].map(v2),
    ...['cash_flow_risk_score', 'income/summary', 'income-calculations', 'income/bank-statement-v2'].map(v2),
  ];
}

/** The calls about a document, each by the uuid that it takes. */
export function ofDocument(
  bookUuid: string,
  { uuid, docUuid }: { readonly uuid: string; readonly docUuid: string },
): string[] {
  return [
    `/v1/document/forms/fields?doc_uuid=${docUuid}`,
    `/v1/transaction?book_uuid=${bookUuid}&uploaded_doc_uuid=${uuid}`,
    `/v2/document/${docUuid}/paystub`,
    `/v2/detect/uploaded_doc/${uuid}/signals`,
  ];
}

/** Those that can become jobs. */
export const ANALYTICS = ['summary', 'cash_flow_features', 'enriched_txns', 'cash_flow_risk_score'] as const;

export const COPY_JOBS = '/v1/book/copy-jobs';
