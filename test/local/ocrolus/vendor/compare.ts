import type { DocumentedAnswer, DocumentedOperation } from './documents.ts';
import type { Played } from './player.ts';
import { hasProperty, validator } from './schema.ts';
import { differences, shapeOf } from './shape.ts';

/** Objects that are keyed by names which the vendor adds to. */
const OPEN_MAPS = [/\.feature_importance$/, /\.error_messages$/];

/**
 * How the simulator's answers differ from what the vendor documents, one line each: `<operation> <status>: <what>`.
 * What the vendor's own examples do wrong by its schemas is no difference.
 */
export function compareAll(
  played: readonly Played[],
  documented: ReadonlyMap<string, DocumentedOperation>,
): string[] {
  const groups = Map.groupBy(played, ({ operation, status }) => `${operation} ${status}`);
  const lines = [...groups].flatMap(([key, answers]) => {
    const [operation = '', status = ''] = key.split(' ');
    const answer = documented.get(operation)?.answers.get(Number(status));
    const found = answer === undefined ? undocumented(answers) : compare(answers, answer, Number(status));
    return found.map((line) => `${key}: ${line}`);
  });
  for (const [operation, { answers }] of documented) {
    if (!played.some((one) => one.operation === operation)) lines.push(`${operation}: is not served`);
    else {
      const missing = [...answers.keys()].filter((status) => !groups.has(`${operation} ${status}`));
      lines.push(...missing.map((status) => `${operation} ${status}: is never answered`));
    }
  }
  return [...new Set(lines)].sort();
}

function undocumented(answers: readonly Played[]): string[] {
  return answers.map(({ body }) => `${codeOf(body)} is not documented`);
}

function compare(answers: readonly Played[], documented: DocumentedAnswer, status: number): string[] {
  const bodies = answers.map(({ body }) => body);
  const { schema, examples } = documented;
  const shape =
    status >= 400
      ? compareErrors(bodies, examples)
      : differences(
          shapeOf(bodies, OPEN_MAPS),
          shapeOf(examples, OPEN_MAPS),
          (path) => schema !== undefined && hasProperty(schema, path),
        );
  if (schema === undefined) return shape;
  const faultsOf = validator(schema);
  const theirs = new Set(examples.flatMap(faultsOf));
  const faults = bodies.flatMap(faultsOf).filter((fault) => !theirs.has(fault));
  return [...shape, ...faults.map((fault) => `schema${fault}`)];
}

/** An error is said as in the examples, word for word but for ids; each example is answered. */
function compareErrors(bodies: readonly unknown[], examples: readonly unknown[]): string[] {
  const ours = new Set(bodies.map(masked));
  const theirs = new Set(examples.map(masked));
  const codes = new Set(examples.map(codeOf));
  const missing = [...examples].filter((example) => !ours.has(masked(example)));
  const different = [...bodies].filter((body) => !theirs.has(masked(body)));
  return [
    ...missing.map((example) => `${codeOf(example)} is not answered as in the example`),
    ...different.map((body) =>
      codes.has(codeOf(body)) ? `${codeOf(body)} is answered otherwise` : `${codeOf(body)} is not documented`,
    ),
  ];
}

function codeOf(body: unknown): string {
  const code = typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined;
  return code === undefined ? 'an answer without code' : `code ${code}`;
}

/** Ids, and what is quoted, stand for any other; the order of members means nothing. */
function masked(body: unknown): string {
  const sorted = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(sorted);
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, member]) => [key, sorted(member)]),
    );
  };
  return JSON.stringify(sorted(body) ?? null)
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '{uuid}')
    .replaceAll(/'[^']*'/g, "'{id}'");
}
