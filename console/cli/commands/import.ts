/** `apiris import …`: what people know, from files. */
import type { Command } from 'commander';
import { addPlaceOptions, type CommonOptions, type Context, defineCommand, withStore } from '../context.ts';
import { UsageFault } from '../faults.ts';
import { ownerRows, readOwners } from '../owners.ts';
import { groupThousands } from '../table.ts';

interface Options extends CommonOptions {
  readonly by?: string;
  readonly note?: string;
}

export function addImport(program: Command, context: Context): void {
  const { help } = context.texts.applications;
  const example = "apiris import owners owners.csv --by li.lei --note 'CMDB of March'";
  const command = defineCommand(program, context, 'import', help.imports, [example]);
  const owners = defineCommand(command, context, 'owners', help.importOwners, [example])
    .argument('<file>', help.ownersFile)
    .option('--by <name>', help.by)
    .option('--note <text>', help.note);
  addPlaceOptions(owners, context).action((file: string, given: Options) => importOwners(context, file, given));
}

function importOwners(context: Context, file: string, options: Options): Promise<void> {
  const { texts, surroundings } = context;
  const { errors, imported } = texts.applications;
  const [by, note] = [options.by?.trim() ?? '', options.note?.trim() ?? ''];
  if (by === '') throw new UsageFault(errors.needs('--by NAME'));
  if (note === '') throw new UsageFault(errors.needs('--note TEXT'));
  const owned = readOwners(file, texts);
  return withStore(context, options, async (store) => {
    await store.insert('decisions', ownerRows(owned, by, note, surroundings.wallClock()));
    await surroundings.stderr.write(`${imported(groupThousands(owned.length))}\n`);
  });
}
