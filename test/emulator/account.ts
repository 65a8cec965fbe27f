import { ADOPTED, ALLOWLISTED, IMPORTED_VPC, PUBLIC_SUBNETS, ZONE } from '../infra/testing/settings.ts';
import type { CloudFormation, Resource } from '../infra/testing/template.ts';
import type { Moto } from './moto.ts';

const { vpcId, cidr, subnetIds, availabilityZones } = IMPORTED_VPC.vpc;

/** What the settings of a stage name, by that name. */
const EXISTING: Readonly<Record<string, Resource>> = {
  [ZONE.hostedZoneId]: { Type: 'AWS::Route53::HostedZone', Properties: { Name: ZONE.zoneName } },
  [ADOPTED.tableName]: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: ADOPTED.tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'bookId', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'bookId', KeyType: 'HASH' }],
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    },
  },
  [ADOPTED.bucketName]: { Type: 'AWS::S3::Bucket', Properties: { BucketName: ADOPTED.bucketName } },
  [vpcId]: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: cidr } },
  ...Object.fromEntries(
    [...subnetIds, ...PUBLIC_SUBNETS.publicSubnetIds].map((subnet, index) => [
      subnet,
      {
        Type: 'AWS::EC2::Subnet',
        Properties: {
          VpcId: { Ref: logicalId(vpcId) },
          CidrBlock: cidr.replace('0.0/16', `${index}.0/24`),
          AvailabilityZone: availabilityZones[index % availabilityZones.length],
        },
      },
    ]),
  ),
};

export const NAMES_OF_EXISTING = Object.keys(EXISTING);

/** Creates in the account what settings name, and puts the emulator's names of it into the template. */
export async function inAccount(moto: Moto, template: CloudFormation): Promise<CloudFormation> {
  const named = Object.entries(EXISTING).map(([name, resource]) => [logicalId(name), resource]);
  const { resources, outputs } = await moto.deploy('account', {
    Resources: Object.fromEntries(named),
    Outputs: { Stream: { Value: { 'Fn::GetAtt': [logicalId(ADOPTED.tableName), 'StreamArn'] } } },
  });
  let text = JSON.stringify(template)
    .replaceAll(ALLOWLISTED.certificateArn, await requestCertificate(moto))
    .replaceAll(ADOPTED.streamArn, outputs.get('Stream') ?? '');
  for (const name of Object.keys(EXISTING)) {
    text = text.replaceAll(name, resources.get(logicalId(name))?.id ?? '');
  }
  return JSON.parse(text);
}

function logicalId(name: string): string {
  return name.replace(/\W/g, '');
}

/** The emulator's CloudFormation has no certificates, and the project no client of ACM. */
async function requestCertificate({ endpoint, client }: Moto): Promise<string> {
  const scope = `${client.credentials.accessKeyId}/20260101/${client.region}/acm/aws4_request`;
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      // The emulator reads the service from the signature, and does not check it.
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=emulated`,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'CertificateManager.RequestCertificate',
    },
    body: JSON.stringify({ DomainName: ALLOWLISTED.hostName }),
  });
  const { CertificateArn }: { CertificateArn: string } = Object(await response.json());
  return CertificateArn;
}
