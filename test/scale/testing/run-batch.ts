/**
 * Runs a consumer's bundle on one batch, in a process of its own so that its memory is its own: `run-batch.ts <bundle>`, with
 * the event on standard input. The last line that it prints is `{failed, megabytes, seconds}`.
 */
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

const [bundle = ''] = process.argv.slice(2);
const { handler } = await import(pathToFileURL(bundle).href);
const event: unknown = JSON.parse(await text(process.stdin));
const startedAt = performance.now();
// Longer than a Lambda has: the machine may be slow, and time is not what is measured.
const { batchItemFailures } = await handler(event, {
  awsRequestId: 'batch',
  getRemainingTimeInMillis: () => 1_800_000,
});
const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
console.log(JSON.stringify({ failed: batchItemFailures.length, megabytes, seconds }));
