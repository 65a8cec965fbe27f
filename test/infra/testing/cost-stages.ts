import type { PricedStage } from '../../../infra/docs/cost/document.ts';
import { CHANNELS } from '../../../shared/events/channels.ts';
import { variantTemplate } from '../templates/variants.ts';

/** The targets are for the twelve channels of the first version; each further one may cost as much as they do, idle. */
const FURTHER_CHANNELS_USD = 0.41 * (CHANNELS.length - 12);

/**
 * The stages of `docs/cost.md`: what each may cost while nothing happens, and what it cost before, with an alarm on errors,
 * throttles and duration of each consumer (36 more metrics, one composite alarm less) and six idle metrics.
 */
export function pricedStages(): [PricedStage, ...PricedStage[]] {
  return [
    stage('private, two zones', 'default', 27, 31.14),
    stage('private, endpoint of another stage', 'imported-endpoint', 12, 16.54),
    stage('allowlisted', 'allowlisted', 51, 55.07),
    stage('trial: one zone, no alarms', 'one-zone', 13, undefined),
  ];
}

function stage(name: string, variant: string, target: number, before: number | undefined): PricedStage {
  return { name, template: variantTemplate(variant), target: target + FURTHER_CHANNELS_USD, before };
}
