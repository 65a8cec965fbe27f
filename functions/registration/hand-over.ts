import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';

/**
 * Starts another invocation of a function, without waiting for it.
 *
 * @throws what the SDK throws: nothing has been started then.
 */
export async function handOver(functionArn: string, event: object): Promise<void> {
  const client = new LambdaClient({
    requestHandler: { requestTimeout: 5000, throwOnRequestTimeout: true, connectionTimeout: 1000 },
  });
  try {
    const Payload = JSON.stringify(event);
    await client.send(new InvokeCommand({ FunctionName: functionArn, InvocationType: 'Event', Payload }));
  } finally {
    client.destroy();
  }
}
