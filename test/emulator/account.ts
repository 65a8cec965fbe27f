import { CreateBucketCommand, PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { ALLOWLISTED, IMPORTED_VPC, PUBLIC_SUBNETS } from '../infra/ingress/settings.ts';
import type { CloudFormation } from '../infra/rules/template.ts';
import { callAws } from './aws-call.ts';
import type { Moto } from './moto.ts';
import { queryAws, route53 } from './query-call.ts';

/** What the variants expect to find in an account, with names as the settings have them. */
const ZONE_ID = 'Z0123456789ABCDEFGHIJ';
const LOG_BUCKET = 'logs-of-the-account';

/**
 * Makes what a stage's settings name (a VPC, a certificate, a hosted zone, a bucket for logs) and puts the emulator's
 * names into the template.
 */
export async function inAccount(moto: Moto, template: CloudFormation): Promise<CloudFormation> {
  let text = JSON.stringify(template);
  const replace = async (setting: string, make: () => Promise<string>) => {
    if (text.includes(setting)) text = text.replaceAll(setting, await make());
  };
  await replace(ALLOWLISTED.certificateArn, async () => {
    const target = 'CertificateManager.RequestCertificate';
    const made = await callAws(moto, { service: 'acm', target, body: { DomainName: ALLOWLISTED.hostName } });
    return String(made.CertificateArn);
  });
  await replace(ZONE_ID, async () => {
    const body =
      '<CreateHostedZoneRequest><Name>example.com</Name><CallerReference>1</CallerReference></CreateHostedZoneRequest>';
    const made = await route53(moto, 'POST', '/hostedzone', body);
    return String(made.CreateHostedZoneResponse.HostedZone.Id).replace('/hostedzone/', '');
  });
  await makeBucket(moto, text.includes(LOG_BUCKET) ? LOG_BUCKET : undefined);

  const { vpcId, cidr, subnetIds, availabilityZones } = IMPORTED_VPC.vpc;
  if (!text.includes(vpcId)) return JSON.parse(text);
  const made = await queryAws(moto, 'ec2', 'CreateVpc', { CidrBlock: cidr });
  const VpcId: string = made.CreateVpcResponse.vpc.vpcId;
  text = text.replaceAll(vpcId, VpcId);
  for (const [index, subnet] of [...subnetIds, ...PUBLIC_SUBNETS.publicSubnetIds].entries()) {
    await replace(subnet, async () => {
      const CidrBlock = cidr.replace('0.0/16', `${index}.0/24`);
      const AvailabilityZone = availabilityZones[index % availabilityZones.length] ?? '';
      const { CreateSubnetResponse } = await queryAws(moto, 'ec2', 'CreateSubnet', {
        VpcId,
        CidrBlock,
        AvailabilityZone,
      });
      return CreateSubnetResponse.subnet.subnetId;
    });
  }
  return JSON.parse(text);
}

async function makeBucket(moto: Moto, Bucket: string | undefined): Promise<void> {
  if (Bucket === undefined) return;
  const s3 = new S3Client({ ...moto.client, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket }));
  // As https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html demands.
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'logging.s3.amazonaws.com' },
        Action: 's3:PutObject',
        Resource: `arn:aws:s3:::${Bucket}/*`,
      },
    ],
  });
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  s3.destroy();
}
