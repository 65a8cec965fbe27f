/** What to do about calls to Ocrolus that fail, by the code of the failure or by a text that contains it. */
export function todoOf(code: string, which: string): string {
  if (/\b((http-)?429|throttled)\b/.test(code)) {
    return `Ocrolus's limit is used up: ops metrics${which} shows since when; docs/runbook.md#ocrolus-rate-limited`;
  }
  if (/\b(http-5\d\d|5\d\d|network|timeout|html)\b/.test(code)) {
    return 'Ocrolus does not work: see its status page, and wait; docs/runbook.md#ocrolus-unavailable';
  }
  if (/credentials|\b(auth|token)\b|\b(http-)?40[13]\b|\b(1200|13\d\d)\b/.test(code)) {
    return 'check the API credentials; docs/runbook.md#ocrolus-unavailable';
  }
  return `ops doctor --probe${which} shows what Ocrolus answers now; docs/runbook.md#ocrolus-unavailable`;
}

/** True if a code is one of Ocrolus, or of the way to it, and not of this stack. */
export function isOfOcrolus(code: string): boolean {
  return /^(auth|token|refused|throttled|network|timeout|html|http-\d{3}|\d{3,4})$/.test(code);
}
