/** Which names stand for an object that somebody may ask for: an id, a number, an account; and which never do. */

const objectEnd =
  /(?:^|[a-z_.-])(?:ids?|nos?|num|number|code|key|uuid|guid|sn|seq|serial|ref|account|acct|mobile|phone|tel|card|cert|bh|hao|hh|dm|zh|khh|ticker|symbol|order|customer|client|user)$/i;
const chineseEnd = /(?:编号|号码|代码|账号|帐号|号|证件|手机)$/;
const never =
  /^(?:err(?:or)?|ret(?:urn)?|res(?:ult|p)?|status|state|page|line|row|version|build|trace|request|req|span|msg|sub)?[_-]?(?:code|no|num|number|seq|id)s?$/i;

/** Of a response's field: asking for one of its values is no guess. `id` and `no` alone are objects too. */
export function namesAnObject(name: string): boolean {
  if (name === '') return true;
  if (/^(?:ids?|no|num|number|code|key)$/i.test(name)) return true;
  return (objectEnd.test(name) || chineseEnd.test(name)) && !never.test(name);
}

const selector =
  /^(?:page|page_?(?:no|num|number|index|size)|cur(?:rent)?_?page|size|limit|offset|rows|count|total|sort|order_?by|lang|format|version|v|_|t|r|ts|time_?stamp|nonce|sign|signature|rand(?:om)?|callback|cb|cache_?bust(?:er)?|width|height|utm_\w+)$/i;

/** A parameter that chooses how, and never what. */
export function isSelector(name: string): boolean {
  return selector.test(name);
}
