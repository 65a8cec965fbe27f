import { Aws, Fn, Stack } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  AuthorizationType,
  EndpointType,
  Integration,
  IntegrationType,
  LogGroupLogDestination,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { IVpcEndpoint } from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnPermission, type IFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnSamplingRule } from 'aws-cdk-lib/aws-xray';
import { Construct } from 'constructs';
import type { Settings } from '../config/settings.ts';
import { createLogGroup, type LogProps } from './logs.ts';

export interface WebhookApiProps extends LogProps {
  readonly settings: Settings;
  /** The only endpoint through which the API can be invoked. */
  readonly endpoint: IVpcEndpoint;
  readonly lambda: IFunction;
}

/**
 * One JSON line per request. API Gateway inserts values unescaped, so a value that the client controls (user agent,
 * error messages that quote it) could break the line or forge one: only values of API Gateway itself are logged.
 *
 * Request headers are not available (a proxy integration sets no `$context.requestOverride`), so the delivery's id is
 * found by `requestId`, which the webhook gets as `requestContext.requestId`.
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

/** The private REST API, `/webhooks/{account}`, which is reachable through one VPC endpoint only. */
export class WebhookApi extends Construct {
  readonly api: RestApi;
  /** Access log, with one line per request. */
  readonly accessLog: LogGroup;
  private readonly endpoint: IVpcEndpoint;

  constructor(scope: Construct, id: string, props: WebhookApiProps) {
    super(scope, id);
    const { settings, endpoint } = props;
    this.endpoint = endpoint;
    this.accessLog = createLogGroup(this, 'AccessLog', props);
    this.api = new RestApi(this, 'Api', {
      restApiName: `ocrolus-webhooks-${settings.stage}`,
      description: 'Receives Ocrolus webhooks',
      endpointConfiguration: { types: [EndpointType.PRIVATE], vpcEndpoints: [endpoint] },
      policy: onlyFrom(endpoint),
      // The Lambda gets the body as it was sent. In a text body, API Gateway would replace invalid UTF-8, and the signature,
      // which covers the bytes, would no longer match.
      binaryMediaTypes: ['*/*'],
      // The role applies to the whole account and region. CDK retains it, because other APIs may use it.
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
    this.redeployOnChangeOf(settings);
    // X-Ray traces one delivery in twenty, even if the account's default rule is changed.
    new CfnSamplingRule(this, 'Sampling', {
      samplingRule: {
        ruleName: `ocrolus-${settings.stage}`,
        version: 1,
        priority: 100,
        reservoirSize: 0,
        fixedRate: 0.05,
        serviceName: `${this.api.restApiName}/${settings.stage}`,
        serviceType: 'AWS::ApiGateway::Stage',
        host: '*',
        httpMethod: '*',
        urlPath: '*',
        resourceArn: '*',
      },
    });
    // CDK's own output has a URL that resolves only where the endpoint has private DNS.
    this.api.node.tryRemoveChild('Endpoint');
    // Any method, so that the Lambda answers 405 in the same form as its other refusals.
    this.api.root
      .addResource('webhooks')
      .addResource('{account}')
      .addMethod('ANY', this.invoke(props.lambda, settings.stage), {
        authorizationType: AuthorizationType.NONE,
      });
  }

  /**
   * Lets the API invoke the webhook. CDK's `LambdaIntegration` gives the permission only after the stage serves the new
   * integration, because the permission names the stage: until then, each delivery would be answered with 500.
   */
  private invoke({ functionArn }: IFunction, stage: string): Integration {
    const permission = new CfnPermission(this, 'Invoke', {
      action: 'lambda:InvokeFunction',
      functionName: functionArn,
      principal: 'apigateway.amazonaws.com',
      sourceArn: Stack.of(this).formatArn({
        service: 'execute-api',
        resource: this.api.restApiId,
        resourceName: `${stage}/*/webhooks/*`,
      }),
    });
    this.api.latestDeployment?.node.addDependency(permission);
    return new Integration({
      type: IntegrationType.AWS_PROXY,
      integrationHttpMethod: 'POST',
      uri: `arn:${Aws.PARTITION}:apigateway:${Aws.REGION}:lambda:path/2015-03-31/functions/${functionArn}/invocations`,
    });
  }

  /**
   * Deploys the API again when network or ingress change, because a changed resource policy has no effect before that
   * (AWS: "Create and attach an API Gateway resource policy to an API"). CDK does so only for a changed template of
   * the API, which has only a reference to the endpoint, even if CloudFormation replaces the endpoint.
   */
  private redeployOnChangeOf({ network, ingress }: Settings): void {
    const deployment = this.api.latestDeployment;
    if (deployment === undefined) throw new Error('the API has no deployment');
    deployment.addToLogicalId({ policy: onlyFrom(this.endpoint).toJSON(), network, ingress });
  }

  /** URL for the deliveries of an account. It resolves everywhere, but is reachable only through the endpoint. */
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

/** Allows requests through the endpoint, and denies all others whatever another policy allows. */
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
