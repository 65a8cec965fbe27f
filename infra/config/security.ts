import * as z from 'zod';

/** What a platform team requires of every stack in its accounts. */
export const Security = z.strictObject({
  permissionsBoundary: z
    .string()
    .regex(
      /^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+$/,
      'must be the ARN of a managed policy, such as arn:aws:iam::123456789012:policy/boundary',
    )
    .optional()
    .meta({
      description:
        'The policy that limits what any role of the stack may do, whatever its own policies allow',
      cost: 'none',
    }),
  // The CDK CLI sets it at each deployment, and before the first one is executed: if that fails, the stack can be neither
  // deleted nor deployed again.
  terminationProtection: z
    .boolean()
    .default(false)
    .meta({
      description:
        'Whether CloudFormation refuses to delete the stack. Set it only after the first deployment, with `ops protect`: a ' +
        'first deployment that fails could be neither deleted nor repeated',
      cost: 'none',
    }),
  logDataProtection: z
    .boolean()
    .default(true)
    .meta({
      description:
        'Whether CloudWatch Logs masks what looks like a bank account, routing, social security, tax or card number in the ' +
        'logs of the functions. No such data is logged intentionally',
      cost: 'AWS charges for each byte of logs that it scans',
    }),
  bucketAccessLogs: z
    .strictObject({
      bucketName: z
        .string()
        .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket')
        .meta({
          description:
            'A bucket for logs, in the same account and region, in which S3 records each access to the buckets',
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
