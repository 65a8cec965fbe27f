import { tmpdir } from 'node:os';
import { join } from 'node:path';

const NO_CONFIG = join(tmpdir(), 'no-such-file');

/** Variables with which the SDK calls a server in the place of every AWS service, whatever the developer has set up. */
export const awsEnvironment = (url: string) => ({
  AWS_ENDPOINT_URL: url,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'example',
  AWS_SECRET_ACCESS_KEY: 'example',
  AWS_PROFILE: '',
  AWS_CONFIG_FILE: NO_CONFIG,
  AWS_SHARED_CREDENTIALS_FILE: NO_CONFIG,
});

/** Answer of a service that speaks XML. */
export function xmlAnswer(operation: string, result: string) {
  const body = `<${operation}Response><${operation}Result>${result}</${operation}Result></${operation}Response>`;
  return { status: 200, body };
}

/** CloudFormation's description of a stack with these outputs. */
export function describedStack(outputs: Readonly<Record<string, string>>) {
  const members = Object.entries(outputs).map(
    ([key, value]) =>
      `<member><OutputKey>${key}</OutputKey><OutputValue>${escaped(value)}</OutputValue></member>`,
  );
  const stack = `<Stacks><member><Outputs>${members.join('')}</Outputs></member></Stacks>`;
  return xmlAnswer('DescribeStacks', stack);
}

/** CloudFormation's description of a resource of a stack. */
export function describedResource(LastUpdatedTimestamp: string, ResourceStatus = 'CREATE_COMPLETE') {
  const detail =
    `<LastUpdatedTimestamp>${LastUpdatedTimestamp}</LastUpdatedTimestamp>` +
    `<ResourceStatus>${ResourceStatus}</ResourceStatus>`;
  return xmlAnswer('DescribeStackResource', `<StackResourceDetail>${detail}</StackResourceDetail>`);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
