import { type Accepted, inPacks } from '../accepted.ts';

const FUNCTION = /\/Lambda\/Function\/Resource$/;

/** Lambdas and what starts them. */
export const FUNCTIONS: readonly Accepted[] = [
  {
    on: FUNCTION,
    findings: inPacks(['hipaa', 'nist', 'pci'], 'LambdaInsideVPC'),
    reason:
      'The Lambdas call the public Ocrolus API and AWS APIs, over TLS and with IAM, and nothing within a VPC. Inside ' +
      'one they would need a NAT gateway for that, a way out to everywhere which they do not have now.',
  },
  {
    on: FUNCTION,
    findings: inPacks(['hipaa', 'nist'], 'LambdaConcurrency'),
    reason:
      'Consumers are limited by maximumConcurrency of their event sources: reserved concurrency would push messages ' +
      'into the DLQ unseen. The webhook is limited by the stage’s throttling, and by a setting for those who want it.',
  },
  {
    on: FUNCTION,
    findings: inPacks(['serverless', 'hipaa', 'nist'], 'LambdaDLQ'),
    reason:
      'A dead-letter queue of a function serves asynchronous invocations only. API Gateway waits for its answer, each ' +
      'SQS queue has a DLQ of its own, and a poller’s start has no content: the next run does its work.',
  },
  {
    on: /^Poller\/Lambda\/Function\/EventInvokeConfig\/Resource$/,
    findings: ['Serverless-LambdaAsyncFailureDestination'],
    reason:
      'The event says nothing but "start". A run that fails is replaced by the next, and its absence is alarmed.',
  },
  {
    on: /^Consumer-[\w-]+\/Lambda\/Function\/Queue\/Resource$/,
    findings: ['Serverless-LambdaEventSourceMappingDestination'],
    reason:
      'Lambda has failure destinations for streams only. For SQS it is the queue’s redrive policy, which is set.',
  },
];
