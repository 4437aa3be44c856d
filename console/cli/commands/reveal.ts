/** `apiris reveal`: clear text of a kept exchange, when two people want it. */
import type { Command } from 'commander';
import type { Config } from '../../../deploy/config.ts';
import type { RevealProblem } from '../../../deploy/reveal/reveal.ts';
import type { Store } from '../../../storage/store/store.ts';
import {
  addFormatOption,
  addPlaceOptions,
  type CommonOptions,
  type Context,
  defineCommand,
  formatOf,
  type Settings,
  wholeNumber,
  withStore,
} from '../context.ts';
import { CommandFailure, UsageFault } from '../faults.ts';
import { noteEmpty } from '../notes.ts';
import { writeObject, writeRows } from '../output.ts';
import { type RevealRequest, recordReveal, revealRequests } from '../reveal-requests.ts';
import { renderRevealed, requestView, revealedJson } from '../reveal-view.ts';
import { zonedTime } from '../time.ts';
import { printable } from '../width.ts';

interface Options extends CommonOptions {
  readonly label?: readonly string[];
  readonly whole?: boolean;
  readonly by?: string;
  readonly note?: string;
  readonly approve?: string;
  readonly end?: string;
  readonly key?: string;
  readonly minutes?: number;
}

const MINUTE_US = 60e6;

export function addReveal(program: Command, context: Context): void {
  const { help } = context.texts.reveal;
  const command = defineCommand(program, context, 'reveal', help.reveal, [
    "apiris reveal 5f0c1d2e3a4b5c6d-3 --label mobile --by li.lei --note 'case 4711: tell the customers concerned'",
    "apiris reveal --approve 3f9a01c2be77d1e0 --key /media/usb/wang.key --note 'case 4711, seen'",
    'apiris reveal 5f0c1d2e3a4b5c6d-3 --by li.lei',
  ])
    .argument('[uid]', help.uid)
    .option('--label <label...>', help.label)
    .option('--whole', help.whole)
    .option('--by <name>', help.by)
    .option('--note <text>', help.note)
    .option('--approve <request>', help.approve)
    .option('--key <file>', help.key)
    .option('--minutes <n>', help.minutes, wholeNumber(context, '--minutes'))
    .option('--end <request>', help.end);
  addFormatOption(command, context);
  addPlaceOptions(command, context).action((uid: string | undefined, given: Options) => {
    const work = chooseWork(context, uid, given);
    return withStore(context, given, async (store, settings) => {
      const { services, surroundings, texts } = context;
      const notice = services.revealing.expire(settings.data, settings.config, surroundings.wallClock() / 1000);
      if (notice !== '') await surroundings.stderr.write(`${texts.errors.prefix}: ${printable(notice)}\n`);
      try {
        await work({ context, store, settings, options: given });
      } catch (error) {
        throw explained(error, context);
      }
    });
  });
}

interface Work {
  readonly context: Context;
  readonly store: Store;
  readonly settings: Settings;
  readonly options: Options;
}

/** What is wanted, told by what was given; a contradiction is refused before anything is opened. */
function chooseWork(context: Context, uid: string | undefined, options: Options): (work: Work) => Promise<void> {
  const { errors } = context.texts.reveal;
  const { approve, end, label, whole, note } = options;
  const wanted = [uid, approve, end].filter((each) => each !== undefined).length;
  if (wanted > 1) throw new UsageFault(errors.oneThing);
  if (label !== undefined && whole) throw new UsageFault(errors.labelOrWhole);
  if (approve !== undefined) {
    const [request, key, why] = [
      readRequest(approve, context),
      need(options.key, '--key FILE', context),
      noteOf(options, context),
    ];
    return (work) => approveRequest(work, request, key, why);
  }
  if (end !== undefined) {
    const [request, by, why] = [readRequest(end, context), byOf(options, context), noteOf(options, context)];
    return (work) => endRequest(work, request, by, why);
  }
  if (uid === undefined) return listRequests;
  if (!/^[0-9a-f]{16}-\d{1,10}$/.test(uid)) throw new UsageFault(errors.badUid(uid));
  const by = byOf(options, context);
  if (label === undefined && !whole && note === undefined) return (work) => show(work, uid, by);
  if (label === undefined && !whole) throw new UsageFault(errors.sayWhat);
  const why = noteOf(options, context);
  return (work) => ask(work, uid, by, why, label ?? null);
}

function need(value: string | undefined, option: string, { texts }: Context): string {
  const text = value?.trim() ?? '';
  if (text === '') throw new UsageFault(texts.reveal.errors.needs(option));
  return text;
}

const byOf = ({ by }: Options, context: Context): string => need(by, '--by NAME', context);
const noteOf = ({ note }: Options, context: Context): string => need(note, '--note TEXT', context);

function readRequest(text: string, { texts }: Context): string {
  if (/^[0-9a-f]{4,16}$/i.test(text)) return text.toLowerCase();
  throw new UsageFault(texts.reveal.errors.badRequest(text));
}

async function ask(work: Work, uid: string, by: string, note: string, labels: readonly string[] | null): Promise<void> {
  const { context, store, settings, options } = work;
  const { texts, surroundings, services } = context;
  if (settings.config.privacy.evidence === null) throw new CommandFailure(texts.reveal.errors.off);
  if (labels !== null) await checkLabels(context, settings.config, labels);
  const approvers = services.revealing
    .approversOf(settings.data, settings.config, uid)
    .filter((name) => name.toLowerCase() !== by.toLowerCase());
  if (approvers.length === 0) throw new CommandFailure(texts.reveal.errors.nobody);
  const entry = { uid, by, note, ts: surroundings.wallClock() };
  const request = await recordReveal(store, entry, { step: 'asked', labels });
  const format = formatOf(context, options);
  if (format === 'table') await surroundings.stdout.write(`${texts.reveal.asked(request, approvers.join(', '))}\n`);
  else await writeObject(surroundings.stdout, format, { request, uid, by, labels, approvers });
}

async function checkLabels(context: Context, config: Config, labels: readonly string[]): Promise<void> {
  const known = (await context.services.listLabels(config)).labels.map(({ label }) => label);
  const strange = labels.find((label) => !known.includes(label));
  if (strange !== undefined) throw new UsageFault(context.texts.reveal.errors.badLabel(strange));
}

async function approveRequest(work: Work, id: string, keyFile: string, note: string): Promise<void> {
  const { context, store, settings, options } = work;
  const { texts, surroundings, services } = context;
  const { evidence } = settings.config.privacy;
  if (evidence === null) throw new CommandFailure(texts.reveal.errors.off);
  const minutes = options.minutes ?? evidence.minutes;
  if (minutes < 1 || minutes > evidence.minutes)
    throw new UsageFault(texts.reveal.errors.minutes(String(evidence.minutes)));
  const { id: request, uid, by, labels, state } = await oneRequest(work, id);
  if (state !== 'asked') throw new CommandFailure(texts.reveal.errors.over);
  const now = surroundings.wallClock();
  const until = now + minutes * MINUTE_US;
  let approver = '';
  await services.revealing.grantReveal(
    settings.data,
    settings.config,
    { request, uid, by, labels },
    {
      keyFile,
      until: until / 1000,
      async record(name) {
        approver = name;
        await recordReveal(store, { uid, by: name, note, ts: now }, { step: 'granted', request, until });
      },
    },
  );
  const ends = zonedTime(until, settings.config.zone);
  await surroundings.stderr.write(`${texts.reveal.approved(approver, by, ends)}\n`);
}

async function endRequest(work: Work, id: string, by: string, note: string): Promise<void> {
  const { context, store, settings } = work;
  const { surroundings, services, texts } = context;
  const { id: request, uid, state } = await oneRequest(work, id);
  if (state === 'ended') throw new CommandFailure(texts.reveal.errors.over);
  const now = surroundings.wallClock();
  await recordReveal(store, { uid, by, note, ts: now }, { step: 'ended', request });
  services.revealing.endGrants(settings.data, now / 1000, request);
  await surroundings.stderr.write(`${texts.reveal.ended}\n`);
}

async function oneRequest({ context, store }: Work, id: string): Promise<RevealRequest> {
  const requests = await revealRequests(store, context.surroundings.wallClock());
  const found = requests.filter((each) => each.id.startsWith(id));
  if (found.length === 1) return found[0]!;
  throw new CommandFailure(context.texts.reveal.errors.noRequest(id));
}

async function show(work: Work, uid: string, by: string): Promise<void> {
  const { context, store, settings, options } = work;
  const { texts, surroundings, services } = context;
  const now = surroundings.wallClock();
  // Half an hour, and not a word more than was granted: whoever took it back wins over the file.
  const standing = (await revealRequests(store, now)).filter((each) => each.uid === uid && each.by === by);
  const shown = await services.revealing.reveal(
    settings.data,
    settings.config,
    { uid, by, now: now / 1000, requests: standing.filter(({ state }) => state === 'granted').map(({ id }) => id) },
    async ({ request }, values) => {
      await recordReveal(store, { uid, by, note: '', ts: now }, { step: 'shown', request, values });
    },
  );
  const format = formatOf(context, options);
  if (format !== 'table') await writeObject(surroundings.stdout, format, revealedJson(shown));
  else {
    await surroundings.stdout.write(renderRevealed(shown, texts, settings.config.zone, surroundings.stdout.columns));
  }
}

async function listRequests({ context, store, settings, options }: Work): Promise<void> {
  const { texts, surroundings } = context;
  const format = formatOf(context, options);
  const rows = await revealRequests(store, surroundings.wallClock());
  await noteEmpty(
    context,
    format,
    await writeRows(surroundings.stdout, format, rows, requestView(texts, settings.config.zone)),
  );
}

/** Problems of revealing have names below; here they get their words. */
function explained(error: unknown, { texts }: Context): unknown {
  if (!(error instanceof Error) || error.name !== 'RevealError') return error;
  const { problem } = error as Error & { readonly problem: RevealProblem };
  return new CommandFailure(texts.reveal.problems[problem]);
}
