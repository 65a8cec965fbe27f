import { createHmac, timingSafeEqual } from 'node:crypto';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import * as z from 'zod';

const Body = z.looseObject({ book_uuid: z.string() });
const client = new SQSClient({ maxAttempts: 2 });

/**
 * The least that a webhook can do: check the signature, parse the body, send it to a queue. What the real webhook takes
 * beyond this is the price of everything else that it promises.
 */
export const handler = middy<APIGatewayProxyEvent, APIGatewayProxyResult>().handler(async (event) => {
  const body = Buffer.from(event.body ?? '', 'base64');
  const { headers } = event;
  const expected = createHmac('sha256', process.env.FLOOR_SECRET ?? '')
    .update(`${headers['webhook-timestamp']}.${headers['webhook-request-id']}.`)
    .update(body)
    .digest();
  const received = Buffer.from(headers['webhook-signature'] ?? '', 'hex');
  if (received.length !== expected.length || !timingSafeEqual(received, expected)) {
    return { statusCode: 401, body: '' };
  }
  const { book_uuid } = Body.parse(JSON.parse(body.toString('utf8')));
  await client.send(
    new SendMessageCommand({
      QueueUrl: process.env.FLOOR_QUEUE_URL,
      MessageBody: body.toString('utf8'),
      MessageGroupId: book_uuid,
    }),
  );
  return { statusCode: 200, body: '' };
});
