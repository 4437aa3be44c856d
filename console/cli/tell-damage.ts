/** Damaged input in sentences on stderr: where stdout carries records, nobody would read it there. */
import type { Damage } from '../../sensor/capture/packet.ts';
import type { Context } from './context.ts';
import { groupThousands } from './table.ts';
import { printable } from './width.ts';

export async function tellDamage(context: Context, damage: readonly Damage[]): Promise<void> {
  const { stderr } = context.surroundings;
  const { replay, errors } = context.texts;
  for (const each of damage) {
    const sentence = replay.damage(each.input, groupThousands(each.offset), each.reason);
    await stderr.write(`${errors.prefix}: ${printable(sentence)}\n`);
  }
  await stderr.flush();
}
