import * as z from 'zod';
import { POLL_DEFAULTS } from '../../shared/settings.ts';
import { DESPITE_OTHER_FAULTS } from './checks.ts';
import { flag, matching, whole, wholeOr } from './values.ts';

const count = whole(1, 1_000_000);

export const Alarms = z
  .strictObject({
    enabled: flag(true).meta({
      description: 'Whether there are alarms and a topic',
      cost: 'each alarm has a monthly price: `false` saves all of them',
    }),
    emails: z
      .array(z.email('must be an e-mail address'))
      .refine((addresses) => new Set(addresses).size === addresses.length, 'must not name an address twice')
      .default([])
      .meta({
        description: 'Who is notified. Each address gets a mail in which the subscription must be confirmed',
        cost: 'none',
      }),
    topicArn: matching(
      /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/,
      'must be the ARN of a standard SNS topic, such as arn:aws:sns:eu-west-1:123456789012:alarms',
    )
      .optional()
      .meta({
        description:
          'An existing SNS topic. It must be in the region of the stack: `cdk synth` refuses another one if it has credentials, ' +
          'and so knows the region. CloudWatch must be allowed to publish to the topic and, if it is encrypted, to use its key. ' +
          'Without `alarms.emails`, the stack then creates no topic',
        cost: 'none',
      }),
    runbookUrl: z
      .url({ protocol: /^https$/, error: 'must be an https:// URL' })
      .max(300)
      .refine((url) => !url.includes('#'), 'must not have a fragment')
      .optional()
      .meta({
        description:
          'URL of the [runbook](runbook.md) for the texts of alarms, which add `#<section>`. Absent: its path in this project',
        cost: 'none',
      }),
    queueAgeMinutes: z
      .strictObject({
        results: wholeOr(10, 1, 10_080).meta({
          description:
            'How many minutes a delivery may wait, on channels that fetch results. More than 11 does not show a consumer that ' +
            'crashes, because SQS leaves out a message that was received three times',
          cost: 'none',
        }),
        status: wholeOr(10, 1, 10_080).meta({
          description: 'How many minutes a delivery may wait, on the other channels',
          cost: 'none',
        }),
      })
      .prefault({}),
    webhookLatencyMs: wholeOr(2500, 100, 5000).meta({
      description:
        "Limit for the 99th percentile of the webhook's latency, in milliseconds. Ocrolus waits [5,000 or more](ocrolus.md#response-time)",
      cost: 'none',
    }),
    webhookServerErrors: count.default(3).meta({
      description: 'Number of 5xx answers within 10 minutes, in which Ocrolus tries each delivery four times',
      cost: 'none',
    }),
    webhookClientErrors: count.default(25).meta({
      description: 'Number of 4xx answers within 5 minutes',
      cost: 'none',
    }),
    refusals: count.default(10).meta({
      description: 'Number of deliveries within 5 minutes whose signature or credentials were wrong',
      cost: 'none',
    }),
    recoveredByPoll: count.default(1).meta({
      description: 'Number of documents within an hour whose results the poller found without a webhook',
      cost: 'none',
    }),
    rateLimited: count.default(30).meta({
      description:
        'Number of 429 answers of Ocrolus within 5 minutes, in three periods in a row. At 20 requests a second, 30 are 0.5 %',
      cost: 'none',
    }),
    pollerLagMinutes: wholeOr(60, 5, 10_080).meta({
      description: 'How many minutes the poller may be late for the book that has been due longest',
      cost: 'none',
    }),
    overdueHours: wholeOr(POLL_DEFAULTS.overdueHours, 1, 8760).meta({
      description: 'How many hours a result of a polled book may be missing before it is overdue',
      cost: 'none',
    }),
  })
  .superRefine(({ enabled, emails, topicArn }, context) => {
    if (enabled !== false || (!emails?.length && topicArn === undefined)) return;
    const message = 'must be true where alarms.emails or alarms.topicArn names who is notified';
    context.addIssue({ code: 'custom', path: ['enabled'], message });
  }, DESPITE_OTHER_FAULTS);

export type Alarms = z.output<typeof Alarms>;
