import { type Check, runChecks } from '../../../../infra/ops/doctor/check.ts';

/** Runs the check of that name. */
export async function runOne<Context>(checks: readonly Check<Context>[], name: string, context: Context) {
  const [checked] = await runChecks(
    checks.filter((one) => one.name === name),
    context,
  );
  if (checked === undefined) throw new Error(`there is no check ${name}`);
  return checked;
}
