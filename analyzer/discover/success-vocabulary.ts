/** What codes of replies mean where nobody has told: the words and numbers most houses use. */

/** `good` and `bad` are conventions that evidence can still overrule; `unknown` is left to evidence alone. */
export type CodeReading = 'good' | 'bad' | 'unknown';

/** Zeros, behind a few letters or none (`0`, `00000`, `E0000`, `SUC0000`), and what HTTP calls success. */
const goodCode =
  /^(?:[a-z]{0,4}0+|2\d\d|20000|200000|a{6,8}|ok|okay|s|y|yes|t|true|pass(?:ed)?|succ(?:ess(?:ful)?|eed(?:ed)?)?|成功)$/i;
/** Below zero, all nines, what HTTP calls an error with or without digits behind it, and words. */
const badCode =
  /^(?:-\d+|9{3,8}|[45]\d\d|[45]\d{4}|[45]\d{2}000|false|e[_-]?0*[1-9]\d*|(?:sys(?:tem)?[_-]?)?(?:err|error|fail|failed|failure|exception|fault)(?:[_-]?\w*)|失败|错误)$/i;
/** As outcomes bad; as the state of an order or an account, data. */
const badOutcome =
  /^(?:n|no|f|(?:invalid|denied|unauthori[sz]ed|forbidden|timeout|expired|illegal|refused|rejected)\w*)$/i;
const stateName = /^(?:status|state|stat)$/i;
/** Names of fields that hold nothing, or `false`, when all went well. */
const errorName = /^(?:is|has)?[_-]?(?:err|error|fault|exception)s?$/i;
/** Names that stand for an outcome and for nothing else: an unknown value there is no data. */
const codeName =
  /(?:err(?:or)?|ret(?:urn)?|res(?:ult|p(?:onse)?)?|rsp|status|msg|biz|sub)[_-]?(?:code|no|num|cd)$|^(?:errno|ec)$/i;
/** `code` alone is an outcome, or what a security or a fund is called by. */
const shortCode = /^(?:-?\d{1,5}|[a-z][a-z_.-]{0,31})$/i;

export function readCode(name: string, value: string): CodeReading {
  if (errorName.test(name)) {
    if (/^(?:|0+|false|null|none|no|n|ok)$/i.test(value)) return 'good';
    if (/^(?:true|yes|y)$/i.test(value)) return 'bad';
  }
  if (goodCode.test(value)) return 'good';
  return badCode.test(value) || (!stateName.test(name) && badOutcome.test(value)) ? 'bad' : 'unknown';
}

/** False where the field may as well be data: a state of an order, a code of a security. */
export function isOutcome(name: string, value: string): boolean {
  return codeName.test(name) || (/^(?:code|ret|rc)$/i.test(name) && shortCode.test(value));
}
