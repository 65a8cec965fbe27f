/** Texts of errors that are already for people. */
const explained = new WeakSet<object>();

/** Keeps {@link errorText} from replacing the message of an error. */
export function markExplained(error: object): void {
  explained.add(error);
}

export function isExplained(error: object): boolean {
  return explained.has(error);
}

/** What happened and what to do, by the name of an error of AWS, or by the message of one without a name of its own. */
const AWS_PROBLEMS: readonly (readonly [fits: RegExp, text: string])[] = [
  [/Region is missing/, 'no region is set: name it with --region'],
  [
    /ProviderError|Expired|InvalidClientToken|InvalidAccessKey|UnrecognizedClient|AuthFailure|Signature/,
    'there are no valid credentials: sign in, for example with "aws sso login", or name a profile with --profile',
  ],
  [/Denied|Unauthorized|NotAuthorized/, 'these credentials may not do that: use a role that may'],
  [
    /NotFound|NonExistent|DoesNotExist|does not exist|NoSuch(Bucket|Key)/,
    'it does not exist there: check the name, --stage, --region and --profile',
  ],
  [/Throttl|TooManyRequests|RequestLimit|SlowDown/, 'AWS limits the rate of calls: try again in a minute'],
];

const NETWORK =
  /^(ENOTFOUND|EAI_AGAIN|E[A-Z]*(CONN|TIMEDOUT|PIPE|UNREACH)[A-Z]*|UND_ERR_\w+|Timeout(Error)?)$/;

const FILE_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder: check the path',
  EISDIR: 'this is a folder: name a file',
  ENOTDIR: 'a part of this path is no folder: check it',
  EACCES: 'this may not be read or written: check its permissions',
  EPERM: 'this may not be read or written: check its permissions',
  EEXIST: 'this file exists already, and is not overwritten: name another one',
};

/**
 * Text of an error for a person: what happened, and what to do. The texts of Node, Zod and the AWS SDK are replaced,
 * those of this project are kept.
 */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { name, message } = error;
  if (explained.has(error)) return message;
  if ('issues' in error && Array.isArray(error.issues)) {
    const paths = error.issues.map(({ path }: { path: readonly PropertyKey[] }) =>
      path.map(String).join('.'),
    );
    const where = [...new Set(paths)].filter((path) => path !== '').join(', ');
    return `what was read does not have the form of this version (${where || 'its type'}): it is damaged, or of another version; docs/runbook.md#items-unreadable`;
  }
  if (name === 'SyntaxError')
    return 'what was read is not JSON: it is damaged, or of another version; start or deploy this version again';
  const { code, path } = error as NodeJS.ErrnoException;
  const ofFile = FILE_PROBLEMS[code ?? ''];
  if (ofFile !== undefined) return path === undefined ? ofFile : `${path}: ${ofFile}`;
  const network = networkCode(error);
  if (network !== undefined)
    return `no answer (${network}): check the network, and whether the stack runs; "ops doctor" checks more`;
  return '$metadata' in error ? awsText(error) : message;
}

/** As {@link errorText}, for an error that a client of AWS has thrown. */
export function awsText(error: Error): string {
  const network = networkCode(error);
  if (network !== undefined)
    return `AWS does not answer (${network}): check the network, and that the region exists`;
  const hasOwnName = !['Error', 'ValidationError'].includes(error.name);
  const found = AWS_PROBLEMS.find(([fits]) => fits.test(hasOwnName ? error.name : error.message));
  if (found !== undefined) return hasOwnName ? `${found[1]} (${error.name})` : found[1];
  return `${error.name}: ${error.message.replaceAll(/\s+/g, ' ')}`;
}

/** `fetch` has the code in its cause. */
function networkCode({ name, cause, ...error }: Error & { readonly code?: unknown }): string | undefined {
  const codes = [error.code, name, cause instanceof Error && 'code' in cause ? cause.code : undefined];
  return codes.find((code) => typeof code === 'string' && NETWORK.test(code)) as string | undefined;
}
