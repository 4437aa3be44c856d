/**
 * How a path segment without a strong type reads: as a name that somebody gave a thing, or as a word of the interface.
 * Spelling alone decides nothing: it is one kind of evidence among others (`infer.ts`).
 */
import { extensionKind, extensionStart, isKnownName, isVerb } from '../lexicon.ts';
import { isVersion } from '../typed-value.ts';

/** Words that interfaces use for things of their own; all in lower case. */
const ownWords = new Set(
  (
    'me self my own current default latest newest oldest first last next previous all any none every total ' +
    'status state health healthz ready live ping pong info about version versions help docs swagger openapi schema ' +
    'config configuration settings setting preferences options metadata meta count counts stats statistics summary ' +
    'overview dashboard report reports history log logs audit events event search query filter find lookup list index ' +
    'detail details profile avatar token tokens session sessions login logout signin signup register password auth ' +
    'oauth oauth2 authorize callback webhook webhooks notifications notification messages message comments comment ' +
    'files file images image attachments attachment download upload export import batch bulk jobs job tasks task ' +
    'activate deactivate enable disable approve reject cancel close open start stop restart pause resume reset ' +
    'refresh sync validate verify check test preview publish archive restore move copy clone rename transfer ' +
    'permissions permission roles role members member users user groups group teams team items item data content ' +
    'contents raw json xml html text csv pdf rest api apis rpc graphql internal public private admin system service ' +
    'services app apps web mobile static assets v1 v2 v3 beta alpha daily weekly monthly yearly hourly'
  ).split(' '),
);

/** Words for the form an answer is asked for in. */
const forms = new Set('json xml csv html txt text yaml yml jsonp rss atom pdf xlsx'.split(' '));
const locale = /^[a-z]{2}(?:[-_](?:[A-Z]{2}|[a-z]{2}|[A-Z][a-z]{3}))?$/;
const languages = new Set(
  'zh en ja ko de fr es it pt ru ar nl sv da fi no pl tr cs el he hi hu id ms ro sk th uk vi bg ca hr lt lv sl sr tw hk cn us gb'.split(
    ' ',
  ),
);

/** What closed list a word is of, as interfaces offer them; empty for none. */
export function listOf(word: string): string {
  if (forms.has(word.toLowerCase())) return 'form';
  if (locale.test(word) && languages.has(word.slice(0, 2))) return 'locale';
  return '';
}

/** How much a text reads like a given name: 1 for sure, 0 nothing is known, -1 a word of the interface for sure. */
export function nameLikeness(segment: string, afterValue: boolean): number {
  const text = segment.includes('%') ? decoded(segment) : segment;
  if (isKnownName(text)) return -1;
  if (isVersion(text)) return afterValue ? 0.3 : -1;
  const dot = extensionStart(text);
  if (dot > 0)
    return extensionKind(text.slice(dot + 1)) === 'operation' ? nameLikeness(text.slice(0, dot), afterValue) : 0.5;
  if (/^[_.$]/.test(text)) return -1;
  if (/[A-Za-z]\.[A-Za-z]/.test(text)) return -0.8;
  const words = wordsOf(text);
  if (words.length === 0) return 0;
  if (isVerb(words[0]!) && !isNoun(words[0]!)) return -1;
  if (/\d/.test(text) && /[A-Za-z]/.test(text)) return /\d$/.test(text) ? 0.8 : 0.4;
  if (isMixedUp(text)) return 0.8;
  if (ownWords.has(words.join('-'))) return -0.7;
  const last = words[words.length - 1]!;
  if (words.length > 1 && (isVerb(last) || /^[a-z]+[A-Z]/.test(text))) return -0.7;
  return last.length > 3 && /[^su]s$/.test(last) ? -0.6 : words.length > 1 ? 0 : -0.1;
}

/** Verbs that are also things. */
function isNoun(word: string): boolean {
  return /^(?:order|trade|test|place|batch|release|archive|process|transfer|open|run|load)$/.test(word);
}

/** Upper and lower case without the order of words: `aXkQbPw`. */
function isMixedUp(text: string): boolean {
  return /^[A-Za-z_-]{8,}$/.test(text) && (text.match(/[a-z][A-Z]|[A-Z][a-z][A-Z]/g)?.length ?? 0) * 4 >= text.length;
}

function wordsOf(text: string): string[] {
  return text
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word !== '');
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
