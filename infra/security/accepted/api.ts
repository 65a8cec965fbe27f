import { type Accepted, inPacks } from '../accepted.ts';

const API_RESOURCE = /^WebhookApi\/Api\/Resource$/;
const STAGE = /^WebhookApi\/Api\/DeploymentStage\.[\w-]+\/Resource$/;
const METHOD = /^WebhookApi\/Api\/Default\/webhooks\/\{account\}\/ANY\/Resource$/;

/** Findings on the private REST API. */
export const API: readonly Accepted[] = [
  {
    on: API_RESOURCE,
    findings: ['AwsSolutions-APIG2'],
    reason:
      'A model would be checked before the signature, against bodies whose shape Ocrolus changes without notice. ' +
      'The Lambda checks size, signature, freshness and shape, in this order.',
  },
  {
    on: METHOD,
    findings: ['AwsSolutions-APIG4', 'AwsSolutions-COG4'],
    reason:
      'Ocrolus signs its deliveries and cannot log in: the Lambda verifies the HMAC (and Basic credentials, if set) ' +
      'in constant time. The resource policy refuses every request that does not come through the one VPC endpoint.',
  },
  {
    on: STAGE,
    findings: ['AwsSolutions-APIG3', ...inPacks(['nist', 'pci'], 'APIGWAssociatedWithWAF')],
    reason:
      'The API is private. With the ingress `allowlisted`, the security group of the load balancer limits source addresses, ' +
      'and the setting ingress.waf puts a web ACL in front of it. Throttling is set on the stage.',
  },
  {
    on: STAGE,
    findings: ['AwsSolutions-APIG6', ...inPacks(['hipaa', 'nist', 'pci'], 'APIGWExecutionLoggingEnabled')],
    reason:
      'Execution logs can contain bodies and signatures, in a log group that API Gateway creates, without the stack’s key ' +
      'and without an expiry. The access log has a line for every request, is encrypted and expires.',
  },
  {
    on: STAGE,
    findings: inPacks(['hipaa', 'nist', 'pci'], 'APIGWCacheEnabledAndEncrypted'),
    reason: 'Only POST is served, and no answer may come from a cache. There is no cache to encrypt.',
  },
  {
    on: STAGE,
    findings: inPacks(['hipaa', 'nist', 'pci'], 'APIGWSSLEnabled'),
    reason:
      'A client certificate proves to an HTTP backend that API Gateway calls it. The backend here is a Lambda, and IAM ' +
      'allows only this API to invoke it.',
  },
];
