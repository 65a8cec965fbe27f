/** ISO 8601 UTC with milliseconds, as every time in the table. Sorts as text. @param milliseconds Unix time. */
export function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
