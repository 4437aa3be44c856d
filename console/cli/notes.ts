/** Remarks beside a table. They go to stderr, because stdout carries data alone. */
import type { Context } from './context.ts';
import type { OutputFormat } from './output.ts';

/** Says a sentence after the table that was written. Only beside tables: scripts see what there is. */
export async function note(context: Context, format: OutputFormat, sentence: string): Promise<void> {
  if (format !== 'table') return;
  const { stdout, stderr } = context.surroundings;
  await stdout.flush();
  await stderr.write(`${sentence}\n`);
  await stderr.flush();
}

export async function noteEmpty(context: Context, format: OutputFormat, rows: number): Promise<void> {
  if (rows === 0) await note(context, format, context.texts.lists.empty);
}
