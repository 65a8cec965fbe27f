import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Settings } from '../../config/settings.ts';
import type { LogProps } from '../logs.ts';
import { Network } from '../network.ts';
import { WebhookApi } from '../webhook-api.ts';
import { AllowlistedIngress } from './allowlisted-ingress.ts';

export interface StageIngressProps extends LogProps {
  readonly settings: Settings;
  readonly webhook: IFunction;
}

/** How Ocrolus reaches the webhook. */
export interface StageIngress {
  readonly network: Network;
  readonly api: WebhookApi;
  /** What is in front of the private API; absent if the ingress is `private`. */
  readonly allowlisted: AllowlistedIngress | undefined;
  /** URL to which Ocrolus posts the deliveries of an account. */
  urlOf(account: string): string;
  /** A delivery passes through all of these. */
  readonly parts: readonly Construct[];
}

/** Creates network and private API, and what admits Ocrolus's addresses if the stage wants that. */
export function createIngress(scope: Construct, { webhook, ...props }: StageIngressProps): StageIngress {
  const { settings } = props;
  const { ingress, stage } = settings;
  const publicSubnets = ingress.kind === 'allowlisted';
  const network = new Network(scope, 'Network', {
    ...props,
    stage,
    settings: settings.network,
    publicSubnets,
  });
  const api = new WebhookApi(scope, 'WebhookApi', { ...props, endpoint: network.endpoint, lambda: webhook });
  const allowlisted =
    ingress.kind === 'allowlisted'
      ? new AllowlistedIngress(scope, 'Ingress', { ...props, ingress, network, api })
      : undefined;
  return {
    ...{ network, api, allowlisted },
    urlOf: (account) => (allowlisted ?? api).urlOf(account),
    parts: [api, network, ...(allowlisted === undefined ? [] : [allowlisted])],
  };
}
