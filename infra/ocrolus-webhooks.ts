import { hash } from 'node:crypto';
import { CfnWaitConditionHandle, RemovalPolicy, Stack, Token, TokenComparison } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { type IGrantable, ManagedPolicy, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct, type IConstruct } from 'constructs';
import { CHANNELS } from '../shared/events/channels.ts';
import type { MetricName, MetricSeries } from '../shared/telemetry/metrics.ts';
import { type Bundles, PACKAGED_BUNDLES } from './bundles/bundles.ts';
import { parseSettings, SettingsError } from './config/load.ts';
import { regionOf } from './config/locations.ts';
import type { SettingsInput } from './config/settings.ts';
import { OperatorAccess } from './constructs/access/operator-access.ts';
import { addOutputs, outputPrefix } from './constructs/access/outputs.ts';
import { Parameters } from './constructs/access/parameters.ts';
import { allowReaders, readerStatements } from './constructs/access/reader-access.ts';
import { stageOutputs } from './constructs/access/stage-outputs.ts';
import { AccountSecrets } from './constructs/account-secrets.ts';
import { ChannelQueue } from './constructs/channel-queue.ts';
import { createIngress } from './constructs/ingress/stage-ingress.ts';
import { CONSUMER_TIMEOUT, Consumer } from './constructs/lambda/consumer.ts';
import { Poller } from './constructs/lambda/poller.ts';
import { Probe } from './constructs/lambda/probe.ts';
import { Publisher } from './constructs/lambda/publisher.ts';
import { Registration } from './constructs/lambda/registration.ts';
import { Rotation } from './constructs/lambda/rotation.ts';
import { Webhook } from './constructs/lambda/webhook.ts';
import { customMetric, type Reading } from './constructs/monitoring/metrics.ts';
import { Monitoring } from './constructs/monitoring/monitoring.ts';
import { acknowledgeFindings } from './constructs/security/acknowledge.ts';
import { createStorage, type StageStorage } from './constructs/storage/stage-storage.ts';
import { StorageCheck } from './constructs/storage/storage-check.ts';
import { applyToStack, limitRoles } from './constructs/whole-stack.ts';

/**
 * Everything that receives the webhooks of a stage, and stores the results. Stages have names of their own in an account and
 * region, so several can be in one stack.
 */
export class OcrolusWebhooks extends Construct {
  /** Books, documents, results and the ledger (docs/data-model.md). */
  readonly table: StageStorage['table']['table'];
  /** Bodies that are too large for the table. */
  readonly bucket: StageStorage['bodies']['bucket'];
  /** Encrypts both, unless they are adopted and have another key. */
  readonly key: IKey;
  /** On which changes are published (docs/published-events.md); absent without `events.enabled`. */
  readonly bus: IEventBus | undefined;
  readonly #stage: string;
  readonly #urls: ReadonlyMap<string, string>;
  readonly #readers: readonly PolicyStatement[];

  /**
   * @param input docs/settings.md lists the settings.
   * @param bundles of the functions; by default those of this package.
   * @throws SettingsError with every fault of the settings.
   */
  constructor(scope: Construct, id: string, input: SettingsInput, bundles: Bundles = PACKAGED_BUNDLES) {
    super(scope, id);
    const stack = Stack.of(this);
    const settings = parseSettings(
      input,
      Token.isUnresolved(stack.region) ? regionOf(process.env) : stack.region,
    );
    applyToStack(this, settings);
    const others = new Set<IConstruct>(stack.node.children);
    const isRetained = settings.removalPolicy === 'retain';
    const { stage, security } = settings;
    const storage = createStorage(this, settings);
    const { encryptionKey, table, bodies, removalPolicy } = storage;
    this.#stage = stage;
    this.table = table.table;
    this.bucket = bodies.bucket;
    this.key = encryptionKey.key;
    // Queues have fixed names. A failed first deployment deletes those that it created, because the next one needs
    // the names.
    const queueProps = {
      encryptionKey,
      removalPolicy: isRetained ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : removalPolicy,
    };
    const secrets = new Map(
      settings.accounts.map((account) => {
        const props = { encryptionKey, stage, account };
        return [account, new AccountSecrets(this, `Secrets-${account}`, props)] as const;
      }),
    );
    const queues = new Map(
      CHANNELS.map((channel) => {
        const props = { ...queueProps, stage, channel, consumerTimeout: CONSUMER_TIMEOUT };
        return [channel, new ChannelQueue(this, `Channel-${channel}`, props)] as const;
      }),
    );

    const common = {
      ...storage,
      dataProtection: security.logDataProtection,
      bundles,
      settings,
      secrets,
    };
    const webhook = new Webhook(this, 'Webhook', { ...common, queues });
    const poller = new Poller(this, 'Poller', { ...common, queues });
    const consumers = [...queues].map(([channel, queue]) => {
      return [channel, new Consumer(this, `Consumer-${channel}`, { ...common, channel, queue })] as const;
    });
    // `checkEvents` refuses a table whose stream is not known.
    const publisher =
      settings.events.enabled && table.streamArn !== undefined
        ? new Publisher(this, 'Publisher', { ...common, streamArn: table.streamArn })
        : undefined;
    this.bus = publisher?.bus;
    const { tableName } = settings.storage;
    // No resource in AWS: its creation says since when every consumer has indexed the ledger of this table (docs/decisions/0030).
    const ledgerIndex = new CfnWaitConditionHandle(this, `LedgerIndex${ledgerIndexSuffix(tableName)}`);
    ledgerIndex.node.addDependency(...consumers.map(([, { lambda }]) => lambda));

    // Before any function uses it.
    const storageCheck = new StorageCheck(this, 'Storage', { ...common, deletionProtection: isRetained });
    const consuming = consumers.map(([, consumer]) => consumer);
    for (const { lambda } of [webhook, poller, ...consuming, ...(publisher ? [publisher] : [])])
      lambda.node.addDependency(...storageCheck.resources);

    const ingress = createIngress(this, { ...storage, settings, webhook: webhook.alias });
    const { api, network, allowlisted, urlOf } = ingress;
    this.#urls = new Map(settings.accounts.map((account) => [account, urlOf(account)]));
    const registration = new Registration(this, 'Registration', {
      ...{ ...common, urlOf },
      // Ocrolus tests the webhook during the deployment.
      after: [webhook, ...ingress.parts],
    });
    const probe =
      settings.probeMinutes === undefined || network.created === undefined
        ? undefined
        : new Probe(this, 'Probe', {
            ...common,
            minutes: settings.probeMinutes,
            endpoint: network.created,
            addresses: allowlisted?.endpointAddresses ?? [],
            url: urlOf('{account}'),
            signer: registration.lambda,
          });
    const rotation = new Rotation(this, 'Rotation', { ...common, urlOf });
    const functions = new Map([
      ['webhook', webhook],
      ['poller', poller],
      ['registration', registration],
      ['rotation', rotation],
      ...(probe === undefined ? [] : [['probe', probe] as const]),
      ...consumers,
      ...(publisher === undefined ? [] : [['publisher', publisher] as const]),
      ['storage', storageCheck],
    ]);
    const monitoring = new Monitoring(this, 'Monitoring', {
      encryptionKey,
      resources: {
        settings,
        api: api.api.deploymentStage,
        accessLog: api.accessLog,
        ...(allowlisted !== undefined && { loadBalancer: allowlisted.loadBalancer }),
        queues,
        consumers: new Map(consumers.map(([channel, { lambda }]) => [channel, lambda])),
        webhook: webhook.lambda,
        poller: poller.lambda,
        upkeep: new Map([
          ['registration', registration.lambda],
          ['rotation', rotation.lambda],
        ]),
        table: table.table,
        publisher: publisher?.lambda,
      },
    });
    // An alarm without data would go off before the first ping.
    if (probe !== undefined) monitoring.node.addDependency(probe);
    const parameters = new Parameters(this, 'Parameters', stage, {
      table: table.table.tableName,
      bucket: bodies.bucket.bucketName,
      key: encryptionKey.key.keyArn,
      ...(table.streamArn !== undefined && { stream: table.streamArn }),
      ...(publisher !== undefined && { bus: publisher.bus.eventBusArn }),
      stack: `${stack.stackName}/${outputPrefix(this)}`,
    });
    this.#readers = readerStatements({ encryptionKey, table, bodies, parameters: parameters.all });
    const readers = new ManagedPolicy(this, 'Readers', {
      description: 'Reads books, documents and results of this stage of the Ocrolus webhooks',
      statements: [...this.#readers],
    });
    allowReaders(settings.readers, storage);
    const operators = new OperatorAccess(this, 'Operators', {
      ...{ encryptionKey, table, bodies, queues, secrets, parameters: parameters.all },
      eventDeadLetterQueue: publisher?.deadLetterQueue,
      functions: [...functions.values()].map(({ lambda }) => lambda),
      invoked: [poller.lambda, registration.lambda],
      mappings: consumers.map(([, { mapping }]) => mapping),
    });
    // CDK puts some resources into the stack itself.
    const provided = stack.node.children.filter((child) => !others.has(child));
    limitRoles(this, provided, security);
    acknowledgeFindings(this, provided, storage);
    addOutputs(
      this,
      stageOutputs({
        ...{ settings, urls: this.#urls, queues, functions, consumers: new Map(consumers), secrets },
        ...{ registration, poller, table, bodies, ledgerIndex, operators, readers, api, network },
        ...{ monitoring, publisher },
      }),
    );
    if (allowlisted !== undefined) addOutputs(this, allowlisted.outputs(settings.accounts, api));
  }

  /** URL to which Ocrolus posts. @param account of the setting `accounts`; by default the first one. */
  webhookUrl(account?: string): string {
    const [first] = this.#urls.keys();
    const url = this.#urls.get(account ?? first ?? '');
    if (url === undefined) throw new SettingsError(`There is no account "${account}"`);
    return url;
  }

  /**
   * Allows a role or a user of this account to read books, documents and results.
   *
   * @throws SettingsError for another principal, which has no policy to add to: that is what the setting `readers` is for.
   */
  grantRead(grantee: IGrantable): void {
    const { grantPrincipal } = grantee;
    const { principalAccount } = grantPrincipal;
    const { account } = Stack.of(this);
    // CDK does as if it had added the statement to a role of another account.
    const isElsewhere =
      Token.compareStrings(principalAccount ?? account, account) === TokenComparison.DIFFERENT;
    const isAdded = this.#readers.map(
      (statement) => !isElsewhere && grantPrincipal.addToPrincipalPolicy(statement.copy()).statementAdded,
    );
    if (isAdded.includes(false))
      throw new SettingsError('grantRead needs a role or user of this account: name others in `readers`');
  }

  /** A metric that the functions write, such as `metric('ResultsOverdue', {})`. */
  metric<N extends MetricName>(
    name: N,
    series: MetricSeries<N> & Readonly<Record<string, string>>,
    reading?: Reading,
  ): Metric {
    return customMetric(this.#stage, name, series, reading);
  }
}

/** Tells adopted tables apart: a logical id has letters and digits only, so `books-2` and `books2` would be the same. */
function ledgerIndexSuffix(tableName: string | undefined): string {
  return tableName === undefined ? '' : hash('sha256', tableName).slice(0, 8);
}
