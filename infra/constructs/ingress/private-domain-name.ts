import {
  CfnBasePathMappingV2,
  CfnDomainNameAccessAssociation,
  CfnDomainNameV2,
  type RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { IVpcEndpoint } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { onlyFrom } from '../webhook-api.ts';

export interface PrivateDomainNameProps {
  readonly hostName: string;
  /** A certificate for `hostName`, in the stack's region. */
  readonly certificateArn: string;
  readonly api: RestApi;
  /** The only endpoint through which the name can be used. */
  readonly endpoint: IVpcEndpoint;
}

/**
 * Makes API Gateway accept requests for the stage's host name: it uses the `Host` header to find the API behind the
 * endpoint. The name works through the endpoint only, and this construct creates no DNS record.
 */
export class PrivateDomainName extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { hostName, certificateArn, api, endpoint }: PrivateDomainNameProps,
  ) {
    super(scope, id);
    const domainName = new CfnDomainNameV2(this, 'Name', {
      domainName: hostName,
      certificateArn,
      endpointConfiguration: { types: ['PRIVATE'] },
      // The only policy that a private domain name supports.
      securityPolicy: 'TLS_1_2',
      // API Gateway evaluates this policy and that of the API.
      policy: onlyFrom(endpoint),
    });
    const domainNameArn = domainName.attrDomainNameArn;
    // No base path: /webhooks/<account> is the same path under either host.
    new CfnBasePathMappingV2(this, 'Mapping', {
      domainNameArn,
      restApiId: api.restApiId,
      stage: api.deploymentStage.stageName,
    });
    new CfnDomainNameAccessAssociation(this, 'Association', {
      domainNameArn,
      accessAssociationSourceType: 'VPCE',
      accessAssociationSource: endpoint.vpcEndpointId,
    });
  }
}
