import { CREDENTIALS, type Moto, REGION } from './moto.ts';
import { parseXml, type Xml } from './xml.ts';

/** What the services of the query protocol call their version. */
const VERSIONS = { ec2: '2016-11-15', iam: '2010-05-08', sns: '2010-03-31' } as const;

/**
 * Calls an operation of a service that speaks the query protocol, and that no client is installed for: its answer, if it
 * was one of success. A list is written as `Name.1`.
 */
export async function queryAws(
  moto: Moto,
  service: keyof typeof VERSIONS,
  Action: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<Xml> {
  const response = await fetch(`${moto.endpoint}/`, {
    method: 'POST',
    headers: { ...signed(service), 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ Action, Version: VERSIONS[service], ...parameters }).toString(),
  });
  return read(response, `${service} ${Action}`);
}

/** Calls Route 53, which speaks XML both ways. */
export async function route53(moto: Moto, method: 'GET' | 'POST', path: string, body?: string): Promise<Xml> {
  const response = await fetch(`${moto.endpoint}/2013-04-01${path}`, {
    method,
    // By its host the emulator knows whom a request with a path of its own is for.
    headers: { ...signed('route53'), host: 'route53.amazonaws.com', 'content-type': 'application/xml' },
    ...(body !== undefined && { body }),
  });
  return read(response, `route53 ${path}`);
}

async function read(response: Response, what: string): Promise<Xml> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${what}: ${response.status} ${text}`);
  return parseXml(text);
}

function signed(service: string): Record<string, string> {
  const scope = `${CREDENTIALS.accessKeyId}/20260101/${REGION}/${service}/aws4_request`;
  return {
    authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=emulated`,
  };
}
