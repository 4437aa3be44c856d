/** What a person types in clear, as the hashes that stand for it in the store. The clear text goes no further. */
import {
  Classifier,
  KeyedHash,
  knownClients,
  normalizeAccount,
  nowhere,
  type Place,
  Places,
} from '../analyzer/analyzer.ts';
import type { Config } from './config.ts';
import { fittingTogether } from './content/analysis.ts';
import { readRecognizers } from './content/recognizers.ts';
import { placeOptions } from './equipment.ts';
import { type Environment, readEarlierTraceKeys, readKey } from './keys.ts';

export { keyNotices } from './keys.ts';

/** What the configuration knows a client to be: monitor, scanner, crawler, job. */
export function kindsOfClients(config: Config): (client: string) => readonly string[] {
  return knownClients(config.knownClients);
}

/** Where clients are and whose their networks are. */
export interface ClientPlaces {
  /** False when nothing is configured: then no column is spent on it. */
  readonly any: boolean;
  readonly of: (client: string) => Place;
}

/** The tables are made ready when they are first asked: few commands name a client. */
export function placesOfClients(config: Config): ClientPlaces {
  const any = config.regions.length + config.organisations.length > 0;
  let places: Places | undefined;
  return { any, of: (client) => (any ? (places ??= new Places(placeOptions(config))).of(client) : nowhere) };
}

export { maskSearch } from './mask-search.ts';

/** A kind of data that a value has the form of, and the value's hash as such: 16 hex digits. */
export interface TraceHash {
  readonly label: string;
  readonly hash: string;
}

/**
 * Hashes of a clear value under the trace key, as each kind of data it could be; only kinds that stand for somebody are
 * kept by value. Sorted by label; empty when it has the form of none. Throws KeyError, ConfigError.
 */
export async function traceHashes(
  value: string,
  data: string,
  config: Config,
  environment?: Environment,
): Promise<readonly TraceHash[]> {
  const [hashes] = await traceHashesOfAll([value], data, config, environment);
  return hashes!;
}

/** The same of many values, in their order. */
export async function traceHashesOfAll(
  values: readonly string[],
  data: string,
  config: Config,
  environment?: Environment,
): Promise<readonly (readonly TraceHash[])[]> {
  const keys = [readKey(data, 'trace', environment), ...readEarlierTraceKeys(data)].map((key) => new KeyedHash(key));
  const { classifier, kept } = await searchFor(config.labels);
  return values.map((value) =>
    classifier
      .formsOf(narrow(value.trim()))
      .filter(({ label }) => kept.has(label))
      .flatMap(({ label, canonical }) => keys.map((key) => ({ label, hash: key.hexOfText(canonical) })))
      .sort((a, b) => (a.label === b.label ? (a.hash < b.hash ? -1 : 1) : a.label < b.label ? -1 : 1)),
  );
}

interface Search {
  readonly classifier: Classifier;
  /** Labels that are kept by value. */
  readonly kept: ReadonlySet<string>;
}

/** Of the folders that were asked with last: making a classifier takes half a second. */
let last: { readonly labels: string; readonly search: Promise<Search> } | undefined;

function searchFor(labels: readonly string[]): Promise<Search> {
  const key = labels.join('\0');
  if (last?.labels !== key) last = { labels: key, search: makeSearch(labels) };
  return last.search;
}

async function makeSearch(labels: readonly string[]): Promise<Search> {
  const { set } = fittingTogether(await readRecognizers(labels));
  const kept = set.recognizers.filter(({ subject }) => subject !== 'none').map(({ label }) => label);
  return { classifier: new Classifier(set), kept: new Set(kept) };
}

/** Full-width letters, digits and signs (U+FF01 … U+FF5E) as people type them into forms. */
function narrow(text: string): string {
  return text.replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0));
}

/** Hash of a clear account name under the identity key; undefined for a text that is no account's name. */
export function accountHash(
  account: string,
  data: string,
  _config: Config,
  environment?: Environment,
): string | undefined {
  const name = normalizeAccount(account);
  return name === '' ? undefined : new KeyedHash(readKey(data, 'identity', environment)).hexOfText(name);
}
