/** What a table or bucket lacks. */
export interface Fault {
  readonly problem: string;
  /** The command of the AWS CLI that fixes it, or the setting to change. */
  readonly fix: string;
}

/** The reason of a deployment that fails: every fault with its fix. */
export function reasonOf(faults: readonly Fault[]): string {
  const lines = faults.map(({ problem, fix }) => `${problem}: ${fix}`);
  return [
    'The setting `storage` names what this stack cannot use. Fix it, then deploy again.',
    ...lines,
  ].join('\n');
}
