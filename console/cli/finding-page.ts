/** One finding for whoever has to deal with it: what, who, how much, when, is it real, what now. */
import type { ClientPlaces } from '../../deploy/lookup.ts';
import type { AppNames } from './app-names.ts';
import { placeText } from './client-place.ts';
import { type FindingRow, inLanguage, mostCounted } from './finding-rows.ts';
import { name as word } from './ledger-view.ts';
import { type Loss, renderLosses } from './minute-losses.ts';
import type { CallRow } from './rows.ts';
import { type Cell, groupThousands, renderPairs, renderTable, wrap } from './table.ts';
import { labelNames } from './terms.ts';
import type { Texts } from './text/en.ts';
import { zonedTime } from './time.ts';
import { humanDuration, humanShare } from './units.ts';
import { shownIdDigits } from './views.ts';
import { printable } from './width.ts';

/** Names of a list that are shown in full; the rest is counted. */
const mostNamed = 8;
/** Reading width of running text: longer lines are hard on the eye. */
const readingWidth = 100;

export interface Page {
  readonly texts: Texts;
  readonly names: AppNames;
  readonly zone: string;
  /** Terminal columns. */
  readonly width: number;
  /** ` --data DIR` where it must be named. */
  readonly dataArgument: string;
  readonly invocation: string;
  /** What people said of the baselines it rests on. */
  readonly frozen: readonly string[];
  /** What the configuration knows a client to be. */
  readonly kindsOf: (client: string) => readonly string[];
  readonly places: ClientPlaces;
  /** What was lost in its minutes; null when nothing is known of them. */
  readonly loss: { readonly losses: readonly Loss[] } | null;
}

/** `calls`: those of the evidence that are still stored. */
export function renderFinding(row: FindingRow, calls: readonly CallRow[], page: Page): string {
  const { texts, width } = page;
  const { finding: say } = texts.findings;
  const { terms } = texts;
  const { title } = inLanguage(row, texts);
  const head = [
    say.headline(word(terms.levels, row.level), title, word(terms.statuses, row.status)),
    say.subtitle(word(terms.kinds, row.kind), word(terms.dimensions, row.dimension), row.id, row.rule),
  ];
  return [
    head.map((line) => `${wrap(printable(line), width).join('\n')}\n`).join(''),
    part(say.what, whatPairs(row, page), page),
    part(say.who, whoPairs(row, page), page),
    part(say.howMuch, howMuchPairs(row, page), page),
    part(say.when, whenPairs(row, page), page),
    `${say.isItReal}\n${isItReal(row, calls, page)}`,
    `${say.now}\n${whatNow(row, page)}`,
  ].join('\n');
}

/** Told from what connections agreed on, before any call. */
function isOfHandshakes({ measured }: FindingRow): boolean {
  return measured.name === 'tls';
}

/** Pairs under a title, two columns in. Pairs without a value are left out. */
function part(title: string, pairs: readonly (readonly [string, Cell])[], { width }: Page): string {
  const given = pairs.filter(([, value]) => value !== '');
  return given.length === 0 ? '' : `${title}\n${indent(renderPairs(given, width - 2))}`;
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}

function whatPairs(row: FindingRow, { texts, names }: Page): (readonly [string, Cell])[] {
  const { finding: say } = texts.findings;
  const named = names.of(row.app);
  const nowhere = isOfHandshakes(row) ? say.noApi : say.severalApis;
  const api = row.template === '' ? nowhere : `${row.method} ${row.template} (${row.apiId.slice(0, shownIdDigits)})`;
  return [
    [say.app, named === undefined ? row.app : `${row.app} (${named})`],
    [say.api, api],
    [say.parameter, row.parameter],
    [say.scenarios, row.scenarios.map((each) => word(texts.terms.scenarios, each)).join(', ')],
  ];
}

function whoPairs(row: FindingRow, { texts, kindsOf, places }: Page): (readonly [string, Cell])[] {
  const { finding: say } = texts.findings;
  const known = row.clients.flatMap((client) =>
    kindsOf(client).map((kind) => `${client} ${word(say.kindsOfClients, kind)}`),
  );
  const placed = (row.clients.length > 0 ? row.clients : [row.client]).flatMap((client) => {
    const place = placeText(client, places);
    return place === '' ? [] : [`${client} ${place}`];
  });
  const list = (some: readonly string[], one: string): string => {
    if (one !== '') return one;
    const rest = some.length - mostNamed;
    return [...some.slice(0, mostNamed), ...(rest > 0 ? [say.more(groupThousands(rest))] : [])].join(', ');
  };
  return [
    [say.accounts, list(row.accounts, row.account) || say.noAccount],
    [say.clients, list(row.clients, row.client) || say.noClient],
    ...(placed.length === 0 ? [] : [[texts.columns.place, list(placed, '')] as const]),
    ...(known.length === 0 ? [] : [[say.knownClients, list(known, '')] as const]),
  ];
}

function howMuchPairs(row: FindingRow, { texts, frozen }: Page): (readonly [string, Cell])[] {
  const { findings, terms, baseline } = texts;
  const { finding: say } = findings;
  const { measured, usual, impact } = row;
  const counted = (count: number) =>
    count >= mostCounted ? say.atLeast(groupThousands(count)) : groupThousands(count);
  const limit = measured.threshold === null ? '' : say.threshold(figure(measured.threshold));
  const compared = say.usualValue(figure(usual.median), figure(usual.p95), groupThousands(usual.n));
  const measure = word(terms.measures, measured.name);
  return [
    [say.measured, measured.name === '' ? '' : say.measuredValue(measure, figure(measured.value)) + limit],
    [say.usual, usual.n > 0 ? compared : measured.name === '' ? '' : say.noUsual],
    [baseline.learning, usual.n > 0 ? frozen.join(' ') : ''],
    [say.calls, row.count],
    [
      say.impact,
      say.impactValue(
        groupThousands(impact.persons),
        groupThousands(impact.records),
        counted(impact.accounts),
        counted(impact.clients),
      ),
    ],
  ];
}

/** Measured figures are counts, shares or means: three decimals say enough. */
function figure(value: number): string {
  return groupThousands(Math.round(value * 1000) / 1000);
}

function whenPairs(row: FindingRow, { texts, zone }: Page): (readonly [string, Cell])[] {
  const { finding: say } = texts.findings;
  const lasted = row.lastSeen - row.firstSeen;
  return [
    [say.first, zonedTime(row.firstSeen, zone)],
    [say.last, zonedTime(row.lastSeen, zone)],
    [say.lasted, lasted >= 1000 ? humanDuration(lasted) : ''],
  ];
}

function isItReal(row: FindingRow, calls: readonly CallRow[], page: Page): string {
  const { texts, width } = page;
  const { finding: say } = texts.findings;
  const seen = say.completenessValue(humanShare(row.completeness), humanShare(row.completenessLeast));
  const pairs: (readonly [string, Cell])[] = [[say.completeness, seen]];
  if (page.loss !== null) pairs.push([texts.ledger.minutes.meanwhile, renderLosses(page.loss.losses, texts)]);
  const parts = [indent(renderPairs(pairs, width - 2))];
  const rate = calls.reduce((most, { sampling }) => Math.max(most, sampling), 1);
  if (rate > 1) parts.push(paragraph(say.sampled(groupThousands(rate)), page));
  const shed = calls.filter(({ weird }) => weird.includes('body_shed')).length;
  if (shed > 0) parts.push(paragraph(say.shed(groupThousands(shed)), page));
  if (row.completenessLeast < 1) parts.push(paragraph(say.incomplete, page));
  if (calls.length === 0) {
    const why = isOfHandshakes(row) ? say.ofHandshakes : say.noEvidence;
    return `${parts.join('')}${paragraph(why, page)}`;
  }
  const shown = groupThousands(calls.length);
  // Where something was measured, the count is of measurements, and each may be of many calls.
  const ofCalls = row.measured.name === '' && row.count >= calls.length;
  const title = ofCalls ? say.evidenceOf(shown, groupThousands(row.count)) : say.evidence(shown);
  parts.push(paragraph(title, page));
  parts.push(indent(callTable(calls, page, page.width - 2)));
  parts.push(indent(samples(calls, page)));
  return parts.join('');
}

/** What these calls carried, with a masked sample of each kind of data. */
function samples(calls: readonly CallRow[], { texts, width }: Page): string {
  const list = (side: 'labelsRequest' | 'labelsResponse'): string => {
    const sums = new Map<string, { count: number; sample: string }>();
    for (const { label, count, sample = '' } of calls.flatMap((call) => call[side])) {
      const sum = sums.get(label);
      if (sum === undefined) sums.set(label, { count, sample });
      else sum.count += count;
    }
    return [...sums]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([label, { count, sample }]) =>
        [word(texts.terms.labels, label), sample, `× ${groupThousands(count)}`].filter(Boolean).join(' '),
      )
      .join(', ');
  };
  const { labelsRequest, labelsResponse } = texts.findings.api;
  const pairs = [
    [labelsRequest, list('labelsRequest')],
    [labelsResponse, list('labelsResponse')],
  ] as const;
  return renderPairs(
    pairs.filter(([, value]) => value !== ''),
    width - 2,
  );
}

/** Who asked for what, and which data came back. */
export function callTable(
  calls: readonly CallRow[],
  { texts, zone }: Pick<Page, 'texts' | 'zone'>,
  width: number,
): string {
  const { columns, cells, findings } = texts;
  const rows = calls.map((call): Cell[] => [
    // The year would take the room of what matters.
    zonedTime(call.ts, zone).slice(5),
    call.account === '' ? call.client : call.account,
    `${call.method} ${call.path}${call.query === '' ? '' : `?${call.query}`}`,
    call.status === 0 ? cells.none : String(call.status),
    labelNames(call.labelsResponse, texts) || cells.none,
  ]);
  const shown = [
    { header: columns.time },
    { header: findings.columns.who, min: 12 },
    { header: columns.path, min: 20, weight: 1.3 },
    { header: columns.status, align: 'right' as const },
    { header: findings.columns.labels, min: 10 },
  ];
  return renderTable(shown, rows, width);
}

function paragraph(text: string, { width }: Page): string {
  const lines = printable(text.trim()).split('\n');
  const room = Math.min(width, readingWidth) - 2;
  return lines
    .flatMap((line) => wrap(line, room))
    .map((line) => `  ${line}\n`)
    .join('');
}

function whatNow(row: FindingRow, page: Page): string {
  const { texts, zone, width } = page;
  const { finding: say } = texts.findings;
  const { advice } = inLanguage(row, texts);
  const engine = word(texts.terms.statuses, row.engineStatus);
  const pairs: (readonly [string, Cell])[] = [
    [say.references, [...row.owasp.map((each) => `OWASP ${each}`), ...row.clauses.map(say.clause)].join(', ')],
    [say.decision, decisionText(row, page)],
    [say.note, row.decidedNote],
    [say.until, row.decidedUntil > 0 ? zonedTime(row.decidedUntil, zone) : ''],
    ['', row.decidedStatus !== '' && row.engineStatus !== row.status ? say.engine(engine) : ''],
  ];
  return [
    paragraph(advice === '' ? say.noAdvice : printable(advice.replace(/\s*\n\s*/g, ' ')), page),
    '\n',
    indent(
      renderPairs(
        pairs.filter(([, value]) => value !== ''),
        width - 2,
      ),
    ),
    '\n',
    nextCommands(row, page),
  ].join('');
}

function decisionText(row: FindingRow, { texts, zone }: Page): string {
  const { finding: say } = texts.findings;
  if (row.decidedStatus === '') return say.undecided;
  const decided = say.decided(
    word(texts.terms.statuses, row.decidedStatus),
    row.decidedBy,
    zonedTime(row.decidedTs, zone),
  );
  return row.decidedFor === '' ? decided : `${decided}; ${say.saidOf(row.decidedFor.slice(0, shownIdDigits))}`;
}

/** What to type next; one line each, as they are meant to be copied. */
function nextCommands(row: FindingRow, { texts, invocation, dataArgument }: Page): string {
  const { commands } = texts.findings.finding;
  const id = row.id.slice(0, shownIdDigits);
  const who = row.account !== '' ? ['account', row.account] : row.client !== '' ? ['client', row.client] : undefined;
  const lines: (readonly [string, string])[] = [
    [commands.set, `finding ${id} --set confirmed --by NAME --note TEXT`],
    // The number sign would begin a comment in a shell.
    ...(who ? [[commands.trace, `trace --${who[0]} '${who[1]}'`] as const] : []),
    ...(who ? [[commands.profile, `profile ${who[0]} '${who[1]}'`] as const] : []),
    ...(row.apiId === '' ? [] : [[commands.api, `api ${row.apiId.slice(0, shownIdDigits)}`] as const]),
  ];
  return lines
    .map(([what, command]) => `  ${what}\n    ${printable(`${invocation} ${command}${dataArgument}`)}\n`)
    .join('');
}
