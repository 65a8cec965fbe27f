import * as z from 'zod';

/** What a platform team asks of every stack in its accounts. */
export const Security = z.strictObject({
  /** The policy that limits what any role of the stack may ever do, whatever its own policies allow. */
  permissionsBoundary: z
    .string()
    .regex(
      /^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+$/,
      'must be the ARN of a managed policy, such as arn:aws:iam::123456789012:policy/boundary',
    )
    .optional(),
  /** Whether CloudFormation refuses to delete the stack. Absent: when `removalPolicy` is `retain`. */
  terminationProtection: z.boolean().optional(),
  /**
   * Whether CloudWatch Logs masks what looks like a bank account, social security, tax or card number. Nothing of
   * the kind is logged: this is for the day that something goes wrong. AWS charges for what it scans.
   */
  logDataProtection: z.boolean().default(true),
  /** Where S3 writes down who accessed the bucket: a bucket for logs of the same account and region. */
  bucketAccessLogs: z
    .strictObject({
      bucketName: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket'),
      prefix: z.string().max(512).default('ocrolus-webhooks/'),
    })
    .optional(),
});

export type Security = z.output<typeof Security>;
