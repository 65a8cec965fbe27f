import { tableText } from '../../../command-line/table-text.ts';
import { type Run, type Session, stackCommand } from '../../stack-command.ts';
import type { Alarm } from '../../target/alarms.ts';

export function alarmsCommand(run: Run) {
  return stackCommand('alarms', {
    summary: 'which alarms are on, since when, and what to do first',
    description: 'The local stack has none.',
    status0: 'no alarm is on.',
    examples: [
      ['ops alarms --stage prod', 'alarms that are not OK'],
      ['ops alarms --all --stage prod --json', 'every alarm, for a program'],
    ],
  })
    .option('--all', 'include alarms that are OK')
    .action((options) => run(options, (session) => showAlarms(session, options.all === true)));
}

async function showAlarms({ target, screen }: Session, isAll: boolean) {
  const alarms = await target.alarms();
  if (alarms === undefined)
    return { document: [], text: 'the local stack has no alarms: "ops doctor" shows its state' };
  const isOn = ({ state }: Alarm) => state === 'ALARM';
  const document = alarms
    .filter((alarm) => isAll || alarm.state !== 'OK')
    .sort((a, b) => Number(isOn(b)) - Number(isOn(a)) || (a.since ?? '').localeCompare(b.since ?? ''));
  const isProblem = document.some(isOn);
  if (document.length === 0) return { document, text: `all ${alarms.length} alarms are OK` };
  const rows = document.map(({ name, state, since, description }) => [
    name,
    state,
    since ?? '-',
    description.replaceAll('\n', ' '),
  ]);
  return { document, text: tableText(['ALARM', 'STATE', 'SINCE', 'WHAT'], rows, screen), isProblem };
}
