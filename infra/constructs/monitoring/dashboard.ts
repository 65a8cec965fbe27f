import {
  AlarmState,
  AlarmStatusWidget,
  type AlarmStatusWidgetProps,
  AlarmStatusWidgetSortBy,
  Dashboard as CloudWatchDashboard,
  GraphWidget,
  PeriodOverride,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { GRAPHS } from './dashboard-graphs.ts';
import type { MonitoredResources } from './monitored-resources.ts';

export interface DashboardProps {
  /** What is shown. */
  readonly resources: MonitoredResources;
  /** What may be in alarm. */
  readonly alarms: AlarmStatusWidgetProps['alarms'];
}

/** Of the 24 columns and about 24 rows that a screen has. */
const GRAPH = { width: 8, height: 4 };

/**
 * Answers on one screen, a row for each: do webhooks arrive, what is their outcome, how long does it take, what waits,
 * what did the poller recover. Every channel has its line in every graph that has channels.
 */
export class Dashboard extends Construct {
  /** The dashboard itself. */
  readonly dashboard: CloudWatchDashboard;

  constructor(scope: Construct, id: string, { resources, alarms }: DashboardProps) {
    super(scope, id);
    this.dashboard = new CloudWatchDashboard(this, 'Dashboard', {
      dashboardName: `ocrolus-${resources.settings.stage}`,
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
    for (const graphs of GRAPHS) {
      this.dashboard.addWidgets(...graphs(resources).map((graph) => new GraphWidget({ ...GRAPH, ...graph })));
    }
  }
}
