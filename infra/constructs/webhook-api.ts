import { Aws, Fn, type RemovalPolicy } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  AuthorizationType,
  EndpointType,
  LambdaIntegration,
  LogGroupLogDestination,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { IVpcEndpoint } from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnSamplingRule } from 'aws-cdk-lib/aws-xray';
import { Construct } from 'constructs';
import type { Settings } from '../config/settings.ts';
import type { EncryptionKey } from './encryption-key.ts';

export interface WebhookApiProps {
  /** The stage's settings. */
  readonly settings: Settings;
  /** The only place from which the API may be invoked. */
  readonly endpoint: IVpcEndpoint;
  /** Answers every request. */
  readonly lambda: IFunction;
  /** Encrypts the access log. */
  readonly encryptionKey: EncryptionKey;
  /** How long the access log is kept. */
  readonly logRetention: RetentionDays;
  /** What becomes of the access log with the stack. */
  readonly removalPolicy: RemovalPolicy;
}

/**
 * One JSON line per request. Only what API Gateway itself says: values are put in unescaped, so what a client
 * says of itself (user agent, error messages that quote it) could break the line or forge one.
 *
 * Request headers are out of reach here (a proxy integration sets no `$context.requestOverride`), so the
 * delivery's id is found through `requestId`, which the webhook gets as `requestContext.requestId`.
 */
const ACCESS_LOG_FIELDS = {
  time: '$context.requestTime',
  requestId: '$context.requestId',
  lambdaRequestId: '$context.integration.requestId',
  traceId: '$context.xrayTraceId',
  sourceIp: '$context.identity.sourceIp',
  vpceId: '$context.identity.vpceId',
  method: '$context.httpMethod',
  path: '$context.path',
  status: '$context.status',
  error: '$context.error.responseType',
  responseLength: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  integrationStatus: '$context.integration.status',
  integrationLatencyMs: '$context.integration.latency',
};

/** The private REST API: `/webhooks/{account}`, reachable through one VPC endpoint and from nowhere else. */
export class WebhookApi extends Construct {
  /** The API. */
  readonly api: RestApi;
  /** One line per request. */
  readonly accessLog: LogGroup;
  private readonly endpoint: IVpcEndpoint;

  constructor(scope: Construct, id: string, props: WebhookApiProps) {
    super(scope, id);
    const { settings, endpoint } = props;
    this.endpoint = endpoint;
    this.accessLog = new LogGroup(this, 'AccessLog', {
      retention: props.logRetention,
      encryptionKey: props.encryptionKey.key,
      removalPolicy: props.removalPolicy,
    });
    this.api = new RestApi(this, 'Api', {
      restApiName: `ocrolus-webhooks-${settings.stage}`,
      description: 'Receives Ocrolus webhooks',
      endpointConfiguration: { types: [EndpointType.PRIVATE], vpcEndpoints: [endpoint] },
      policy: onlyFrom(endpoint),
      // The body reaches the Lambda as it was sent. As text, API Gateway would replace invalid UTF-8, and the
      // signature, which is over the bytes, would not match any more.
      binaryMediaTypes: ['*/*'],
      // The role is the account's, not the stack's: CDK retains it, for others may be using it.
      cloudWatchRole: settings.apiGatewayLogRole,
      deployOptions: {
        stageName: settings.stage,
        tracingEnabled: true,
        throttlingRateLimit: settings.throttle.rate,
        throttlingBurstLimit: settings.throttle.burst,
        accessLogDestination: new LogGroupLogDestination(this.accessLog),
        accessLogFormat: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG_FIELDS)),
        // Execution logs would contain bodies and signatures.
        dataTraceEnabled: false,
      },
    });
    this.deployAgainWith(settings);
    // The account's default rule may be another one day: of deliveries, one a second and 1 % of the rest are traced.
    new CfnSamplingRule(this, 'Sampling', {
      samplingRule: {
        ruleName: `ocrolus-${settings.stage}`,
        version: 1,
        priority: 100,
        reservoirSize: 1,
        fixedRate: 0.01,
        serviceName: `${this.api.restApiName}/${settings.stage}`,
        serviceType: 'AWS::ApiGateway::Stage',
        host: '*',
        httpMethod: '*',
        urlPath: '*',
        resourceArn: '*',
      },
    });
    // CDK's own output names a URL that is only resolved where the endpoint has private DNS.
    this.api.node.tryRemoveChild('Endpoint');
    // Any method, so that it is the Lambda that says 405, in the same words as its other refusals.
    this.api.root
      .addResource('webhooks')
      .addResource('{account}')
      .addMethod('ANY', new LambdaIntegration(props.lambda, { allowTestInvoke: false }), {
        authorizationType: AuthorizationType.NONE,
      });
  }

  /**
   * Makes a change of network or ingress a new deployment, because a changed resource policy has no effect before one
   * (AWS: "Create and attach an API Gateway resource policy to an API"). By itself, CDK makes a new one only when the
   * template of the API changes, and the policy names the endpoint by a reference, which stays the same when CloudFormation
   * replaces the endpoint.
   */
  private deployAgainWith({ network, ingress }: Settings): void {
    const deployment = this.api.latestDeployment;
    if (deployment === undefined) throw new Error('the API has no deployment');
    deployment.addToLogicalId({ policy: onlyFrom(this.endpoint).toJSON(), network, ingress });
  }

  /** Where Ocrolus posts the deliveries of an account. Resolved anywhere, reachable through the endpoint. */
  urlOf(account: string): string {
    const host = Fn.join('', [
      this.api.restApiId,
      '-',
      this.endpoint.vpcEndpointId,
      '.execute-api.',
      Aws.REGION,
    ]);
    return `https://${host}.${Aws.URL_SUFFIX}/${this.api.deploymentStage.stageName}/webhooks/${account}`;
  }
}

/** Admits who comes through the endpoint, and refuses everyone else whatever another policy may allow. */
export function onlyFrom(endpoint: IVpcEndpoint): PolicyDocument {
  const statement = {
    principals: [new AnyPrincipal()],
    actions: ['execute-api:Invoke'],
    resources: ['execute-api:/*'],
  };
  const sourceVpce = { 'aws:SourceVpce': endpoint.vpcEndpointId };
  return new PolicyDocument({
    statements: [
      new PolicyStatement({ ...statement, conditions: { StringEquals: sourceVpce } }),
      new PolicyStatement({ ...statement, effect: Effect.DENY, conditions: { StringNotEquals: sourceVpce } }),
    ],
  });
}
