/**
 * `npm run evaluate [-- NAME… --full]`: how right is what is learnt, on the labelled sets of ../shared/datasets.
 * Exit codes: 0 every figure is within its limit, 1 one is not, 2 wrong arguments.
 */
import { type Evaluated, type Gate, holds, type Table } from './evaluation.ts';
import { evaluations } from './evaluations.ts';

const named = process.argv.slice(2).filter((argument) => argument !== '--full');
const unknown = named.filter((name) => evaluations.every((one) => one.name !== name));

if (unknown.length > 0) {
  const known = evaluations.map(({ name, about }) => `  ${name}  ${about}`).join('\n');
  tell(`evaluate: there is no evaluation ${unknown.join(', ')}. There are:\n${known}\nand --full, for all of each.`);
  process.exitCode = 2;
} else {
  process.exitCode = (await runAll()) ? 0 : 1;
}

async function runAll(): Promise<boolean> {
  const full = process.argv.includes('--full');
  let good = true;
  for (const one of evaluations) {
    if (named.length > 0 && !named.includes(one.name)) continue;
    const begin = performance.now();
    const result = await one.run({ full, tell });
    print(one.name, result);
    good &&= result.gates.every(holds);
    tell(`${one.name}: ${((performance.now() - begin) / 1000).toFixed(0)} s`);
  }
  return good;
}

function print(name: string, { tables, gates, absent }: Evaluated): void {
  const lines = tables.flatMap(({ title, rows }) => [`${name}: ${title}`, ...aligned(rows), '']);
  if (gates.length > 0) lines.push(`${name}: limits`, ...aligned(gates.map(row)), '');
  process.stdout.write(`${lines.join('\n')}\n`);
  for (const one of absent) tell(`absent: ${one}`);
}

function row(gate: Gate): string[] {
  const limits = [gate.least === undefined ? '' : `>= ${gate.least}`, gate.most === undefined ? '' : `<= ${gate.most}`];
  return [
    gate.what,
    gate.value.toFixed(3),
    limits.filter((text) => text !== '').join(' '),
    holds(gate) ? 'ok' : 'FAILED',
  ];
}

function aligned(rows: Table['rows']): string[] {
  const widths: number[] = [];
  for (const cells of rows) for (const [i, cell] of cells.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  return rows.map((cells) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '),
  );
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
