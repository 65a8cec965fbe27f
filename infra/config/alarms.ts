import * as z from 'zod';
import { BESIDE_OTHER_FAULTS } from './faults.ts';

const count = z.int().min(1).max(1_000_000);

/** Who is told when something is wrong, and from when on it is. */
export const Alarms = z
  .strictObject({
    /** `false` for stages that nobody watches: neither alarms nor a topic. The dashboard stays. */
    enabled: z.boolean().default(true),
    /** Each gets a mail in which the subscription must be confirmed. */
    emails: z
      .array(z.email('must be an e-mail address'))
      .refine((addresses) => new Set(addresses).size === addresses.length, 'must not name an address twice')
      .default([]),
    /**
     * A topic of the same region that exists already. It must let CloudWatch publish; where it is encrypted, its key
     * must let CloudWatch encrypt. With it and without `emails`, the stack makes no topic of its own.
     */
    topicArn: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/,
        'must be the ARN of a standard SNS topic, such as arn:aws:sns:eu-west-1:123456789012:alarms',
      )
      .optional(),
    /** Where people read the runbook; alarms add `#<section>`. Absent: its path in this project. */
    runbookUrl: z
      .url({ protocol: /^https$/, error: 'must be an https:// URL' })
      .max(300)
      .refine((url) => !url.includes('#'), 'must not have a fragment')
      .optional(),

    /** The longest that a delivery may wait, by what hangs on its channel: results, or a status only. */
    queueAgeMinutes: z
      .strictObject({
        results: z.int().min(1).max(10_080).default(15),
        status: z.int().min(1).max(10_080).default(60),
      })
      .prefault({}),
    /** Milliseconds, the slowest hundredth: Ocrolus gives up after 5,000. */
    webhookLatencyMs: z.int().min(100).max(5000).default(2500),
    /** Within 5 minutes. Ocrolus tries each delivery three times more, within about ten. */
    webhookServerErrors: count.default(3),
    /** Within 5 minutes: answers 4xx of any kind. */
    webhookClientErrors: count.default(25),
    /** Within 5 minutes: deliveries whose proof did not hold. */
    refusals: count.default(10),
    /** Within an hour: results that a webhook should have announced and did not. */
    recoveredByPoll: count.default(1),
    /** Within 5 minutes, for a quarter of an hour. At 20 requests a second 30 are 0.5 %. */
    rateLimited: count.default(30),
    /** How late the poller may be for the book that has been due longest. */
    pollerLagMinutes: z.int().min(5).max(10_080).default(60),
    /** How long a result of a polled book may be missing before it counts as overdue. */
    overdueHours: z.int().min(1).max(8760).default(24),
  })
  .superRefine(({ enabled, emails, topicArn }, context) => {
    if (enabled !== false || (!emails?.length && topicArn === undefined)) return;
    const message = 'must be true where alarms.emails or alarms.topicArn says who is to be told';
    context.addIssue({ code: 'custom', path: ['enabled'], message });
  }, BESIDE_OTHER_FAULTS);

export type Alarms = z.output<typeof Alarms>;
