import { type Accepted, inPacks } from '../accepted.ts';

/** The VPC of the endpoint. */
export const NETWORK: readonly Accepted[] = [
  {
    on: /^Network\/Vpc[\w.-]*\/Resource$/,
    findings: inPacks(['hipaa', 'nist', 'pci'], 'VPCDefaultSecurityGroupClosed'),
    reason:
      'Nothing uses the default group, and CloudFormation cannot close it: CDK would bring a Lambda with rights on ' +
      'security groups into the stack for it. It admits its own members only, and has none.',
  },
];
