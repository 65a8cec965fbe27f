import type { AnalyticsRequest, Book, Business, Document, ImageGroup } from './book.ts';

/** Something happened that Ocrolus announces. What it is called depends on the vocabulary. */
export type Moment =
  | { readonly kind: 'document-uploaded'; readonly book: Book; readonly document: Document }
  | { readonly kind: 'document-classified'; readonly book: Book; readonly document: Document }
  | { readonly kind: 'book-classified'; readonly book: Book }
  | { readonly kind: 'document-verified'; readonly book: Book; readonly document: Document }
  | {
      readonly kind: 'image-group-verified';
      readonly book: Book;
      readonly imageGroup: ImageGroup;
      readonly rejection?: string;
    }
  | { readonly kind: 'book-verified'; readonly book: Book }
  | { readonly kind: 'analytics-generated'; readonly book: Book }
  | { readonly kind: 'analytics-completed'; readonly book: Book; readonly request: AnalyticsRequest }
  | { readonly kind: 'business-verified'; readonly book: Book; readonly business: Business }
  | { readonly kind: 'suspicious-activity'; readonly book: Book }
  | { readonly kind: 'document-detected'; readonly book: Book; readonly document: Document }
  | { readonly kind: 'book-detected'; readonly book: Book }
  | { readonly kind: 'income-calculated'; readonly book: Book }
  | { readonly kind: 'book-completed'; readonly book: Book };
