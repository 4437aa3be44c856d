/** `apiris import …`: what people know, from files. */
import type { Command } from 'commander';
import { addPlaceOptions, type CommonOptions, type Context, defineCommand, withStore } from '../context.ts';
import { readRegister, registerRows } from '../declared/register.ts';
import { readSpecification, specificationRow } from '../declared/specification.ts';
import { UsageFault } from '../faults.ts';
import { ownerRows, readOwners } from '../owners.ts';
import { groupThousands } from '../table.ts';

interface Options extends CommonOptions {
  readonly by?: string;
  readonly note?: string;
  readonly app?: string;
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
  const { help: drift } = context.texts.drift;
  const specified = "apiris import openapi trade.yaml --app trade.example --by li.lei --note 'release 4.2'";
  const openapi = defineCommand(command, context, 'openapi', drift.importOpenapi, [specified])
    .argument('<file>', drift.openapiFile)
    .option('--app <app>', drift.app)
    .option('--by <name>', help.by)
    .option('--note <text>', help.note);
  addPlaceOptions(openapi, context).action((file: string, given: Options) => importOpenapi(context, file, given));
  const listed = "apiris import register register.csv --by li.lei --note 'change board, May'";
  const register = defineCommand(command, context, 'register', drift.importRegister, [listed])
    .argument('<file>', drift.registerFile)
    .option('--by <name>', help.by)
    .option('--note <text>', help.note);
  addPlaceOptions(register, context).action((file: string, given: Options) => importRegister(context, file, given));
}

/** Who vouches for it, and where it comes from. */
function vouched({ by = '', note = '' }: Options, context: Context): readonly [by: string, note: string] {
  const { errors } = context.texts.applications;
  if (by.trim() === '') throw new UsageFault(errors.needs('--by NAME'));
  if (note.trim() === '') throw new UsageFault(errors.needs('--note TEXT'));
  return [by.trim(), note.trim()];
}

function importOpenapi(context: Context, file: string, options: Options): Promise<void> {
  const { texts, surroundings, services } = context;
  const [by, note] = vouched(options, context);
  const { app, document } = readSpecification(file, options.app, services, texts);
  return withStore(context, options, async (store) => {
    await store.insert('decisions', [specificationRow(app, file, document, by, note, surroundings.wallClock())]);
    await surroundings.stderr.write(`${texts.drift.specified(app, groupThousands(document.operations.length))}\n`);
  });
}

function importRegister(context: Context, file: string, options: Options): Promise<void> {
  const { texts, surroundings } = context;
  const [by, note] = vouched(options, context);
  return withStore(context, options, async (store, { config }) => {
    const entries = readRegister(file, config.zone, texts);
    await store.insert('decisions', registerRows(entries, by, note, surroundings.wallClock()));
    await surroundings.stderr.write(`${texts.applications.imported(groupThousands(entries.length))}\n`);
  });
}

function importOwners(context: Context, file: string, options: Options): Promise<void> {
  const { texts, surroundings } = context;
  const { imported } = texts.applications;
  const [by, note] = vouched(options, context);
  const owned = readOwners(file, texts);
  return withStore(context, options, async (store) => {
    await store.insert('decisions', ownerRows(owned, by, note, surroundings.wallClock()));
    await surroundings.stderr.write(`${imported(groupThousands(owned.length))}\n`);
  });
}
