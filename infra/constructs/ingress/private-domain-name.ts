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
  /** The host in the URL. */
  readonly hostName: string;
  /** Of a certificate for it, in the stack's region. */
  readonly certificateArn: string;
  /** Where its requests go. */
  readonly api: RestApi;
  /** The only place from which it may be used. */
  readonly endpoint: IVpcEndpoint;
}

/**
 * Makes API Gateway take requests for the stage's host name: what comes through the endpoint is told apart by its
 * `Host` header. Nobody outside the endpoint can use the name, which has no DNS record here.
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
      // The only one that a private domain name can have.
      securityPolicy: 'TLS_1_2',
      // Its own, beside the API's: API Gateway asks both.
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
