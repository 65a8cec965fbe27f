import {
  AlarmState,
  AlarmStatusWidget,
  type AlarmStatusWidgetProps,
  AlarmStatusWidgetSortBy,
  Dashboard as CloudWatchDashboard,
  GraphWidget,
  type GraphWidgetProps,
  PeriodOverride,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { comingGraphs } from './graphs/coming.ts';
import { lateGraphs } from './graphs/late.ts';
import { processedGraphs } from './graphs/processed.ts';
import { rescuedGraphs } from './graphs/rescued.ts';
import { stuckGraphs } from './graphs/stuck.ts';
import type { Watched } from './watched.ts';

export interface DashboardProps {
  /** What is shown. */
  readonly watched: Watched;
  /** What may be in alarm. */
  readonly alarms: AlarmStatusWidgetProps['alarms'];
}

/** Of the 24 columns and about 24 rows that a screen has. */
const GRAPH = { width: 8, height: 4 };

/**
 * Answers on one screen, a row for each: are webhooks coming, are they being processed, how late, what is stuck,
 * what did the poller rescue. Every channel has its line in every graph that can tell channels apart.
 */
export class Dashboard extends Construct {
  /** The dashboard itself. */
  readonly dashboard: CloudWatchDashboard;

  constructor(scope: Construct, id: string, { watched, alarms }: DashboardProps) {
    super(scope, id);
    this.dashboard = new CloudWatchDashboard(this, 'Dashboard', {
      dashboardName: `ocrolus-${watched.settings.stage}`,
      periodOverride: PeriodOverride.AUTO,
    });
    if (alarms.length > 0) {
      this.dashboard.addWidgets(
        new AlarmStatusWidget({
          title: 'In alarm now',
          alarms,
          states: [AlarmState.ALARM],
          sortBy: AlarmStatusWidgetSortBy.STATE_UPDATED_TIMESTAMP,
          width: 24,
          height: 3,
        }),
      );
    }
    for (const graphs of [comingGraphs, processedGraphs, lateGraphs, stuckGraphs, rescuedGraphs]) {
      this.dashboard.addWidgets(...graphs(watched).map((graph) => new GraphWidget({ ...GRAPH, ...graph })));
    }
  }
}

/** A row: what its graphs show. */
export type Graphs = (watched: Watched) => readonly GraphWidgetProps[];
