import { time } from '../../command-line/values.ts';
import { periodsOf, rangeSince, SERIES } from '../../ops/metrics/series.ts';
import type { Target } from '../../ops/target/target.ts';

/** The series of `ops metrics`, by their ids, with the start of each period in Unix milliseconds. @throws Error for another time */
export async function metricsPage({ metrics }: Pick<Target, 'metrics'>, since = '1h') {
  const range = rangeSince(Date.parse(time(since)), Date.now());
  const values = await metrics(SERIES, range);
  const series = SERIES.map(({ id, label }, index) => ({ id, label, values: values[index] ?? [] }));
  return { since, periodSeconds: range.periodSeconds, periods: periodsOf(range), series };
}
