/** The packs of cdk-nag, by the names that their findings begin with. */
export const PACKS = {
  solutions: 'AwsSolutions',
  serverless: 'Serverless',
  hipaa: 'HIPAA.Security',
  nist: 'NIST.800.53.R5',
  pci: 'PCI.DSS.321',
} as const;

export type Pack = keyof typeof PACKS;

/** Findings that are left as they are, on the resources whose path in the stack matches. */
export interface Accepted {
  /** The construct path below the stack, from its start. */
  readonly on: RegExp;
  /** The findings' full names: `Pack-Rule`, or `Pack-Rule[what]`. */
  readonly findings: readonly string[];
  /** What we tell a security reviewer. */
  readonly reason: string;
}

/** The same rule under the names that several packs give it. */
export function inPacks(packs: readonly Pack[], ...rules: readonly string[]): string[] {
  return packs.flatMap((pack) => rules.map((rule) => `${PACKS[pack]}-${rule}`));
}
