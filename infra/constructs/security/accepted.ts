/** The packs of cdk-nag, with the prefixes of their findings. */
export const PACKS = {
  solutions: 'AwsSolutions',
  serverless: 'Serverless',
  hipaa: 'HIPAA.Security',
  nist: 'NIST.800.53.R5',
  pci: 'PCI.DSS.321',
} as const;

export type Pack = keyof typeof PACKS;

/** Accepted findings, on the resources whose path in the stack matches. */
export interface Accepted {
  /** Matches the construct path below the stack. */
  readonly on: RegExp;
  /** The findings' full names: `Pack-Rule`, or `Pack-Rule[what]`. */
  readonly findings: readonly string[];
  readonly reason: string;
}

/** Names of the same rules in several packs. */
export function inPacks(packs: readonly Pack[], ...rules: readonly string[]): string[] {
  return packs.flatMap((pack) => rules.map((rule) => `${PACKS[pack]}-${rule}`));
}
