/** Parameters that select an operation, by their names; and what may be the name of an operation. */
import { isKnownName } from './lexicon.ts';
import { classOf, isStrong } from './segment.ts';
import { digitsDate } from './typed-value.ts';

/** `function`: one parameter names it alone, often by a number. `service` and `action` may name it together. */
export type SelectorKind = 'none' | 'function' | 'action' | 'service';

const setOf = (words: string) => new Set(words.split(' '));
const functionNames = setOf(
  'funcno func functionid functionno functionno funcid funccode functioncode funcname functionname msgtype trcode trancode ' +
    'txcode bizcode transcode transid trancd txncode tradecode serviceid servicecode serviceno apicode apiname apiid cmdid ' +
    'interfaceid interfacecode interfaceno interfacename opcode operationid optype operatetype biztype reqtype requesttype ' +
    'busicode businesscode ywdm gndm gnh jydm',
);
/** Not `oper`, which is as often who operates. */
const actionNames = setOf('action act actiontype method methodname cmd command op operation operationname dowhat do a');
const serviceNames = setOf('service servicename svc module interface controller api m');
/** What holds the parts of a message that are not its data. */
const heads = setOf(
  'head header headers reqhead requesthead msghead comm common commonreq pub public meta control ctrl sys system request ' +
    'req msg message envelope root params',
);

/** `path` is the place's own: keys parted by dots, array items `[]`. */
export function selectorKind(place: string, path: string, name: string): SelectorKind {
  if ((place !== 'query' && place !== 'body') || name.length < 1 || name.length > 24) return 'none';
  const dot = path.indexOf('.');
  if (
    path.includes('[') ||
    (dot >= 0 && !(path.length - name.length === dot + 1 && heads.has(bare(path.slice(0, dot)))))
  )
    return 'none';
  const key = bare(name);
  // One letter is too little in content, where it may be any field.
  if (key.length === 1 && (place !== 'query' || dot >= 0)) return 'none';
  if (functionNames.has(key)) return 'function';
  if (actionNames.has(key)) return 'action';
  return serviceNames.has(key) ? 'service' : 'none';
}

function bare(name: string): string {
  return name.replace(/[_-]/g, '').toLowerCase();
}

const word = /^[A-Za-z][A-Za-z0-9]*(?:[._:/-][A-Za-z0-9]+)*$/;
/** Neither a passport nor a permit: one letter or two, and seven digits or more. */
const functionNumber = /^(?:[A-Za-z]{0,2}\d{2,6}|[A-Za-z]{3,4}\d{2,7}|\d{7,8})$/;
/** Of words with digits in them these are too many. */
const longDigits = /\d{5}/;

/** Nothing that could be anybody's: a word, dotted words, or a number of two to eight digits where functions have numbers. */
export function isOperationValue(text: string, kind: SelectorKind): boolean {
  if (kind === 'function' && functionNumber.test(text)) return digitsDate(text) === null;
  if (text.length < 2 || text.length > 48 || longDigits.test(text) || !word.test(text)) return false;
  if (isKnownName(text)) return true;
  return !isStrong(classOf(text)) && text.split(/[._:/-]/).every(isHarmless);
}

/** One part of dotted words. */
function isHarmless(part: string): boolean {
  return isKnownName(part) || /^\d{1,4}$/.test(part) || !isStrong(classOf(part));
}

/** A parameter of one letter may be anything: only two of them, the service's and the action's, say what is asked for. */
export function selectsAlone(name: string): boolean {
  return bare(name).length > 1;
}

/** What a reason says of an API that a parameter selects: `body.method=selector`. */
const selectorMark = '=selector';

/** Where the parameter stood that selects the operation, of an API's reason; empty when none does. */
export function selectorIn(reason: string): string {
  if (!reason.endsWith(selectorMark)) return '';
  return reason.slice(reason.lastIndexOf(' ') + 1, -selectorMark.length);
}

/** `selector`: where it stood; empty for none. */
export function withSelector(reason: string, selector: string): string {
  if (selector === '') return reason;
  return `${reason}${reason === '' ? '' : ' '}${selector}${selectorMark}`;
}
