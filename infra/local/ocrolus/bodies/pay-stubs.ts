import type { Book, Document } from '../state/book.ts';

/** One entry of the pay-stub `response`, which is an array. Money is a decimal string. */
export function payStub(book: Book, document: Document): unknown {
  return {
    uuid: document.form.uuid,
    book_uuid: book.uuid,
    doc_uuid: document.docUuid,
    status: 'COMPLETED',
    doc_page_numbers: [1],
    rejection_reason: null,
    uploaded_image_bucket_uuid: null,
    net_pay: {
      distribution_details: [
        {
          description: 'CHK 099',
          bank_name: null,
          account_number: '099',
          bank_account_type: 'CHK',
          current_pay: usd('1480.25'),
        },
      ],
      totals: total('NET PAY', '1480.25', '8881.50'),
    },
    earnings: {
      subtotals: [
        {
          ...total('HOURLY', '1900.00', '11400.00'),
          canonical_description: 'REGULAR PAY',
          current_hours: '80.00',
          current_rate: '23.75',
        },
      ],
      totals: [{ ...total('GROSS', '1900.00', '11400.00'), current_hours: '80.00' }],
    },
    deductions: { subtotals: [total('FEDERAL TAX', '419.75', '2518.50')], totals: [] },
    employee: {
      name: 'NORA ASHGROVE',
      address: address('2 CHISEL COURT'),
      marital_status: 'SINGLE',
      taxpayer_id: { id_type: 'SSN', last_4_digits: '0000' },
    },
    employer: { name: 'HILLSIDE CARPENTRY LLC', address: address('1 PLANER LANE') },
    paystub_details: {
      pay_period_start_date: '2025-03-03',
      pay_period_end_date: '2025-03-16',
      pay_date: '2025-03-21',
      paystub_provider: null,
      pay_frequency: 'BI_WEEKLY',
      pay_frequency_captured: 'NOT LISTED',
    },
    employment_details: {
      hire_date: null,
      annual_salary: { amount: null, currency: null },
      pay_basis: 'HOURLY',
      hourly_rate: usd('23.75'),
    },
    confidence_scores: null,
  };
}

/** The pay stubs that are captured. */
export function payStubDocuments(book: Book): Document[] {
  return book.documents.filter(hasPayStub);
}

export function hasPayStub(document: Document): boolean {
  return document.kind === 'pay-stub' && document.status === 'VERIFICATION_COMPLETE';
}

function usd(amount: string) {
  return { amount, currency: 'USD' };
}

function total(description: string, current: string, yearToDate: string) {
  return {
    description,
    canonical_description: null,
    current_pay: usd(current),
    ytd_pay: usd(yearToDate),
  };
}

function address(line1: string) {
  return { line1, line2: null, city: 'NORTHFIELD', state_code: 'VT', postal_code: '00000' };
}
