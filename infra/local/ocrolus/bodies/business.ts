import type { Book, Business } from '../state/book.ts';

/** A Middesk look-up: bare. `status` inside is `pending` until Middesk is done. */
export function businessBody(book: Book, business: Business): unknown {
  return {
    book_uuid: book.uuid,
    business_uuid: business.uuid,
    middesk_response: {
      object: 'business',
      id: business.middeskId,
      name: business.name,
      external_id: book.xid ?? book.pk,
      created_at: business.createdAt,
      updated_at: business.createdAt,
      status: business.status,
      addresses: [
        {
          object: 'address',
          address_line1: '1 Planer Lane',
          address_line2: 'Suite 4',
          city: 'Northfield',
          state: 'VT',
          postal_code: '00000',
          full_address: '1 Planer Lane, Suite 4, Northfield VT 00000',
          created_at: business.createdAt,
          updated_at: business.createdAt,
        },
      ],
      people: [{ object: 'person', name: 'Nora Ashgrove', submitted: true }],
      phone_numbers: [{ object: 'phone_number', phone_number: '8025550100' }],
      website: { url: 'https://hillside.example' },
      tin: { tin: '00-0000000' },
      subscription: null,
    },
  };
}
