import { parseArgs } from 'node:util';
import { type Measured, measureBooks, measureSmallBook } from './units/measure.ts';

const USAGE = `Counts what deliveries cost, with the whole system in virtual time: the same on every machine.

Usage: node test/bench/units.ts [--json] [--documents N] [--books N]

  --documents N  of each book (default 4)
  --books N      (default 100)
  --json         one JSON document on standard output`;

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    help: { type: 'boolean' },
    documents: { type: 'string', default: '4' },
    books: { type: 'string', default: '100' },
  },
});
if (values.help === true) console.log(USAGE);
else {
  const [books, documents] = [Number(values.books), Number(values.documents)];
  const figures = {
    paced: await measureBooks('paced', books, documents),
    burst: await measureBooks('burst', books, documents),
    smallBook: await measureSmallBook(),
  };
  if (values.json === true) console.log(JSON.stringify(figures));
  else for (const [name, measured] of Object.entries(figures)) print(name, measured);
}

function print(name: string, { byItem, ...figures }: Measured): void {
  console.log(name);
  console.table(figures);
  console.table(byItem);
}
