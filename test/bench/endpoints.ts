import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listen, type RunningServer } from '../../infra/local/http.ts';

/** SQS's SendMessage and Secrets Manager's GetSecretValue, as fast as possible: their time is not what is measured. */
export function serveEndpoints(secretText: string): Promise<RunningServer> {
  const server = createServer((request, response) => {
    buffer(request).then((body) => {
      const isSecret = String(request.headers['x-amz-target']).startsWith('secretsmanager.');
      const { status, document } = isSecret
        ? secretAnswer(body, secretText)
        : { status: 200, document: messageAnswer(body) };
      response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(document));
    });
  });
  return listen(server);
}

function secretAnswer(body: Buffer, SecretString: string) {
  const { VersionStage } = JSON.parse(body.toString('utf8')) as { VersionStage?: string };
  if (VersionStage === 'AWSPENDING')
    return { status: 400, document: { __type: 'ResourceNotFoundException' } };
  return { status: 200, document: { SecretString, VersionId: 'a' } };
}

/** The SDK compares the digest. */
function messageAnswer(body: Buffer) {
  const { MessageBody } = JSON.parse(body.toString('utf8')) as { MessageBody: string };
  return { MessageId: '1', MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex') };
}
