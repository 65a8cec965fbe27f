import { type Accepted, inPacks } from '../accepted.ts';

/** Findings on the VPC of the endpoint. */
export const NETWORK: readonly Accepted[] = [
  {
    on: /^Network\/Vpc[\w.-]*\/Resource$/,
    findings: inPacks(['hipaa', 'nist', 'pci'], 'VPCDefaultSecurityGroupClosed'),
    reason:
      'Nothing uses the default group, and CloudFormation cannot close it: CDK would add a Lambda with permissions on ' +
      'security groups. The group allows only its own members, and has none.',
  },
];
