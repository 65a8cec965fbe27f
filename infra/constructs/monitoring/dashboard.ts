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
import type { MonitoredResources } from './metrics.ts';

export interface DashboardProps {
  readonly resources: MonitoredResources;
  readonly alarms: AlarmStatusWidgetProps['alarms'];
}

/** A dashboard is 24 columns wide, and a screen shows about 24 rows. */
const GRAPH = { width: 8, height: 4 };

/**
 * Answers five questions on one screen, one in each row: do webhooks arrive, what is their outcome, how long does it take,
 * what waits, what did the poller recover. A graph by channel shows every channel.
 */
export class Dashboard extends Construct {
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
