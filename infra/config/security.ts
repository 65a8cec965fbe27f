import * as z from 'zod';
import { BucketName, KeyArn } from './storage.ts';
import { flag, matching } from './values.ts';

/** Settings that a platform team may require of every stack in its accounts. */
export const Security = z.strictObject({
  permissionsBoundary: matching(
    /^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+$/,
    'must be the ARN of a managed policy, such as arn:aws:iam::123456789012:policy/boundary',
  )
    .optional()
    .meta({
      description:
        'The managed policy that limits what every role of the stack can do, whatever its own policies allow',
      cost: 'none',
    }),
  keyArn: KeyArn.optional().meta({
    description:
      'An existing key of KMS, in the same account and region, that encrypts everything of the stage; the stack then creates ' +
      'none. [Its policy](platform.md#a-key-of-your-own) must allow the services of the stack to use it. Only for a new stage: ' +
      'data that another key has encrypted would become unreadable',
    cost: 'saves a key, 1 USD a month',
  }),
  rolePath: matching(
    /^\/([\w+=,.@-]+\/)+$/,
    'must begin and end with a slash, such as /applications/lending/',
  )
    .max(512)
    .optional()
    .meta({
      description:
        'Path of every role and managed policy of the stack, where only some paths are allowed. A change replaces them, which ' +
        'fails for roles with `roleNamePrefix` unless that changes, too',
      cost: 'none',
    }),
  roleNamePrefix: matching(/^[\w+=,.@-]{1,24}$/, 'must be at most 24 letters, digits and +=,.@-_')
    .optional()
    .meta({
      description:
        'Prefix of the name of every role of the stack, where only some names are allowed. Without it, CloudFormation ' +
        'chooses the names. Roles belong to all regions: a stage with the same name in another region needs another prefix',
      cost: 'none',
    }),
  // The CDK CLI sets it before it executes the first deployment.
  terminationProtection: flag(false).meta({
    description:
      'Whether CloudFormation refuses to delete the stack. Set it only after the first deployment, with `ops protect`: a ' +
      'first deployment that fails could be neither deleted nor repeated',
    cost: 'none',
  }),
  logDataProtection: flag(true).meta({
    description:
      'Whether CloudWatch Logs masks what looks like a bank account, routing, social security, tax or card number in the ' +
      'logs of the functions. No such data is logged intentionally',
    cost: 'AWS charges for each byte of logs that it scans',
  }),
  bucketAccessLogs: z
    .strictObject({
      bucketName: BucketName.meta({
        description:
          'A bucket for logs, in the same account and region, to which S3 logs each access to the buckets of the stack',
        cost: 'storage of the logs',
      }),
      prefix: z.string().max(512).default('ocrolus-webhooks/').meta({
        description: 'Prefix of the keys of these logs',
        cost: 'none',
      }),
    })
    .optional(),
});

export type Security = z.output<typeof Security>;
