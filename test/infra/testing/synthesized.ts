import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { FEATURE_FLAGS } from '../../../infra/config/feature-flags.ts';
import type { SettingsInput } from '../../../infra/config/settings.ts';
import { OcrolusWebhooksStack } from '../../../infra/stack.ts';

type Resources = ReturnType<Template['findResources']>;
export type Resource = Resources[string];

/** The stage that tests synthesize. */
export const STAGE = 'test';

/** Synthesizes the stack as `cdk synth` does, except that every Lambda has the same one-line bundle. */
export function synthesizeStack(settings: Omit<SettingsInput, 'stage'> = {}): Template {
  return Template.fromJSON(synthesizeTemplate({ stage: STAGE, ...settings }));
}

/**
 * Returns a new copy of the template for some settings. A synth takes half a second, and most files ask for the same
 * settings, so each template is kept in a global: modules are loaded again for each file.
 */
export function synthesizeTemplate(settings: SettingsInput): ReturnType<Template['toJSON']> {
  const known = globalThis as { synthesizedTemplates?: Map<string, string> };
  known.synthesizedTemplates ??= new Map();
  const key = JSON.stringify(settings);
  let text = known.synthesizedTemplates.get(key);
  if (text === undefined) {
    text = JSON.stringify(withStack(settings, (stack) => Template.fromStack(stack).toJSON()));
    known.synthesizedTemplates.set(key, text);
  }
  return JSON.parse(text);
}

/** The stack of some settings, for tests of its constructs. Its bundle and assembly are removed afterwards. */
export function withStack<T>(settings: SettingsInput, use: (stack: OcrolusWebhooksStack) => T): T {
  using bundles = emptyBundles();
  const app = new App({ context: FEATURE_FLAGS, analyticsReporting: false, outdir: bundles.outdir });
  return use(new OcrolusWebhooksStack(app, settings, bundles));
}

/** The same one-line bundle for every function, and a folder for the assembly, both of which are removed at the end. */
export function emptyBundles() {
  const folder = mkdtempSync(join(tmpdir(), 'synthesized-'));
  const bundle = join(folder, 'bundle');
  mkdirSync(bundle);
  writeFileSync(join(bundle, 'index.mjs'), 'export const handler = async () => {};');
  return {
    folderOf: () => bundle,
    // Without this folder, the CDK creates one that is never removed.
    outdir: join(folder, 'cdk.out'),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

/** Every resource of a type, by logical id. */
export function resources(template: Template, type: string): [string, Resource][] {
  return Object.entries(template.findResources(type));
}

/** The one resource of a type. */
export function onlyResource(template: Template, type: string): [string, Resource] {
  const [found, ...others] = resources(template, type);
  if (found === undefined || others.length > 0) throw new Error(`expected one ${type}`);
  return found;
}

/** The queue with a name, and its logical id. */
export function queueNamed(template: Template, name: string): [string, Resource] {
  const found = resources(template, 'AWS::SQS::Queue').find(
    ([, queue]) => queue.Properties.QueueName === name,
  );
  if (found === undefined) throw new Error(`no queue ${name}`);
  return found;
}

/** A setting that only this function has. Rotation also has the registration's, so it comes first. */
const DISTINCTIVE_SETTINGS = {
  rotation: 'ROTATION_OVERLAP_MINUTES',
  registration: 'REGISTRATION_LEVEL',
  webhook: 'FRESHNESS_SECONDS',
  poller: 'LOOK_QUEUE_URL',
  probe: 'ADDRESSES',
  publisher: 'BUS_ARN',
  storage: 'DATA_TABLE',
};

/** The consumer of a channel, or the function with a distinctive setting. */
export function lambdaOf(template: Template, name: string): [string, Resource] {
  const found = resources(template, 'AWS::Lambda::Function').find(([, { Properties }]) => {
    const variables: Record<string, { Ref?: string }> = Properties.Environment?.Variables ?? {};
    const matched = Object.entries(DISTINCTIVE_SETTINGS).find(([, setting]) => setting in variables);
    if (name in DISTINCTIVE_SETTINGS || matched !== undefined) return matched?.[0] === name;
    return variables.QUEUE_URL?.Ref === queueNamed(template, `ocrolus-${STAGE}-${name}`)[0];
  });
  if (found === undefined) throw new Error(`no Lambda for ${name}`);
  return found;
}

export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string[];
  readonly Resource: unknown[];
  readonly Condition?: Record<string, Record<string, unknown>>;
  readonly Principal?: unknown;
}

/** The statements of a policy document, with lists where CloudFormation allows single values. */
export function statements(document: { Statement: Record<string, unknown>[] }): Statement[] {
  return document.Statement.map((statement) => {
    const { Action, Resource } = statement;
    return { ...statement, Action: [Action].flat(), Resource: [Resource].flat() } as Statement;
  });
}

/** The permissions of a Lambda: every policy of its role. */
export function statementsOf(template: Template, [, lambda]: [string, Resource]): Statement[] {
  const role: string = lambda.Properties.Role['Fn::GetAtt'][0];
  return resources(template, 'AWS::IAM::Policy')
    .filter(([, policy]) =>
      policy.Properties.Roles.some((attached: { Ref: string }) => attached.Ref === role),
    )
    .flatMap(([, policy]) => statements(policy.Properties.PolicyDocument));
}
