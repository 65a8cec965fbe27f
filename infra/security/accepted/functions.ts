import { type Accepted, inPacks } from '../accepted.ts';

const FUNCTION = /\/Lambda\/Function\/Resource$/;

/** Findings on Lambdas and their triggers. */
export const FUNCTIONS: readonly Accepted[] = [
  {
    on: FUNCTION,
    findings: inPacks(['hipaa', 'nist', 'pci'], 'LambdaInsideVPC'),
    reason:
      'The Lambdas call the public Ocrolus API and AWS APIs, over TLS and with IAM, and no resource in a VPC. In one, they ' +
      'would need a NAT gateway.',
  },
  {
    on: FUNCTION,
    findings: inPacks(['hipaa', 'nist'], 'LambdaConcurrency'),
    reason:
      'MaximumConcurrency of the event sources limits consumers: with reserved concurrency, throttled messages would reach ' +
      'the DLQ unprocessed. API Gateway’s throttling limits the webhook, as does the setting webhookReservedConcurrency.',
  },
  {
    on: FUNCTION,
    findings: inPacks(['serverless', 'hipaa', 'nist'], 'LambdaDLQ'),
    reason:
      'The dead-letter queue of a function is for asynchronous invocations only. API Gateway waits for its answer, each ' +
      'SQS queue has its own DLQ, and a start of the poller has no content: the next run does its work.',
  },
  {
    on: /^Poller\/Lambda\/Function\/EventInvokeConfig\/Resource$/,
    findings: ['Serverless-LambdaAsyncFailureDestination'],
    reason:
      'The event only means "start". The next run replaces one that fails, and an alarm reports missing runs.',
  },
  {
    on: /^Consumer-[\w-]+\/Lambda\/Function\/Queue\/Resource$/,
    findings: ['Serverless-LambdaEventSourceMappingDestination'],
    reason:
      'Lambda supports failure destinations for streams only. For SQS, the queue’s redrive policy does this.',
  },
];
