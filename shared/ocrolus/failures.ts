import type { Failure } from '../failure.ts';

/** True for failures of a rate limit, this project's or Ocrolus's: they say nothing about the requested result. */
export function isThrottling({ code }: Failure): boolean {
  return code === 'rate-limit' || code === 'http-429';
}

const OF_OCROLUS =
  /^(network|deadline|token|too-large|rate-limit|unknown-account|http-\d\d\d(-unreadable)?|\d+|job-result(-url)?|book-status-shape)$/;

/** True if Ocrolus, the network to it or a rate limit failed, and not the table, the bucket or a queue. */
export function isOfOcrolus({ code }: Failure): boolean {
  return OF_OCROLUS.test(code);
}
