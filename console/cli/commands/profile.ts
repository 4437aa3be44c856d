/** `apiris profile`: the access portrait of an account, a client, an application or an API. */
import type { Command } from 'commander';
import type { Store } from '../../../storage/store/store.ts';
import { readAccount } from '../account.ts';
import { askBaselineWord } from '../baseline-decision.ts';
import {
  addFormatOption,
  addPlaceOptions,
  type CommonOptions,
  type Context,
  choice,
  defineCommand,
  formatOf,
  type Settings,
  withStore,
} from '../context.ts';
import { CommandFailure } from '../faults.ts';
import { newestPacket, offsetSeconds, readApiId, readPeriod } from '../filters.ts';
import { writeObject } from '../output.ts';
import { type Profile, type ProfileKind, profileJson, profileKinds, renderProfile } from '../profile-view.ts';
import { askApiNames, type PartRow, type SubjectLabelRow, type SubjectRow } from '../subject-rows.ts';
import { type UsualRow, usualOf } from '../usual-view.ts';

interface Options extends CommonOptions {
  readonly since?: string;
  readonly until?: string;
}

export function addProfile(program: Command, context: Context): void {
  const { commands, arguments: named, options } = context.texts.help;
  const examples = ['apiris profile client 10.0.0.7', "apiris profile account '138****5678#3f9a01c2be' --since 7d"];
  const command = defineCommand(program, context, 'profile', commands.profile, examples)
    .argument('<kind>', named.profileKind, choice(context, 'profile', profileKinds))
    .argument('<id>', named.profileId)
    .option('--since <time>', options.since)
    .option('--until <time>', options.until);
  addFormatOption(command, context);
  addPlaceOptions(command, context).action((kind: ProfileKind, id: string, given: Options) =>
    showProfile(context, kind, id, given),
  );
}

function showProfile(context: Context, kind: ProfileKind, id: string, options: Options): Promise<void> {
  const { texts, surroundings } = context;
  return withStore(context, options, async (store, settings) => {
    const { places } = settings;
    const { zone } = settings.config;
    const period = await readPeriod(options, store, zone, texts);
    const subject = await readSubject(context, kind, id, settings);
    const profile = await askProfile(store, { ...subject.filter, ...period }, zone, kind, subject.shown);
    if (profile.subject.calls === 0) {
      throw new CommandFailure(texts.findings.errors.noSubject(texts.findings.profile[kind], subject.shown));
    }
    const format = formatOf(context, options);
    const { stdout } = surroundings;
    if (format === 'table') await stdout.write(renderProfile(profile, { texts, zone, width: stdout.columns, places }));
    else await writeObject(stdout, format, profileJson(profile, places));
  });
}

async function askProfile(
  store: Store,
  filter: Readonly<Record<string, string | number>>,
  zone: string,
  kind: ProfileKind,
  shown: string,
): Promise<Profile> {
  const [subject] = await store.ask<SubjectRow>('subject', filter);
  const offset = offsetSeconds(await newestPacket(store), zone);
  const parts = await store.ask<PartRow>('subject-parts', { ...filter, offsetSeconds: offset });
  const labels = await store.ask<SubjectLabelRow>('subject-labels', filter);
  const learnt = kind === 'app' ? [] : await store.ask<UsualRow>('profile', { kind, ...subjectOf(filter) });
  const usual = learnt.map(usualOf);
  const apis = await askApiNames(
    store,
    parts,
    usual.flatMap(({ profile }) => profile.apis.map(({ id }) => id)),
  );
  // An account that was asked for in clear is named as it is shown.
  const id = kind === 'account' && subject!.accountShown !== '' ? subject!.accountShown : shown;
  const { accountHash = '' } = subjectOf(filter);
  const named = kind === 'api' ? [...apis.keys()] : [kind === 'account' ? String(accountHash).slice(0, 10) : shown];
  const word = await askBaselineWord(store, kind, named.slice(0, 1));
  return { kind, id, subject: subject!, parts, labels, apis, usual, word };
}

/** The same subject as the question `profile` takes it. */
function subjectOf({ apiId, client, accountHash }: Readonly<Record<string, string | number>>) {
  return { id: apiId ?? client ?? '', accountHash: accountHash ?? '' };
}

/** The filter of the questions, and what may be repeated of what was typed. */
async function readSubject(context: Context, kind: ProfileKind, id: string, settings: Settings) {
  switch (kind) {
    case 'app':
      return { filter: { app: id.toLowerCase() }, shown: id };
    case 'client':
      return { filter: { client: id }, shown: id };
    case 'api': {
      const apiId = readApiId(id, context.texts);
      return { filter: { apiId }, shown: apiId };
    }
    default: {
      const { accountHash } = await readAccount(context, id, settings);
      return { filter: { accountHash }, shown: `#${accountHash.slice(0, 10)}` };
    }
  }
}
