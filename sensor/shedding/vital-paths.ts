/**
 * What a path says of itself, so that what must stay whole does so where no inventory knows it. Words of English, of pinyin
 * as the trade abbreviates it, and of Chinese. A word too many costs time under load, one too few costs evidence.
 *
 * A path alone does not tell what is said elsewhere: in a body (`{"method": …}`) or a query.
 */

/**
 * act: who comes in, codes, passwords, orders, payments.
 * area: accounts and trade. These words name whole parts of an application too, where news and help may lie.
 * any: one address for many operations; which one is not in its path.
 */
export type Vital = 'act' | 'area' | 'any';

/** Beyond doubt wherever they stand: `dologin`, `khdenglu`. */
const acts =
  'login|logon|sign-?_?(?:in|on|up|out)|logout|logoff|denglu|tuichu|authenticat|regist|zhuce|passw|mima|captcha|' +
  'verif(?:y|ication)-?_?code|verify-?_?sms|yanzhengma|duanxin|open-?_?account|kaihu|entrust|weituo|xiadan|chedan|' +
  'place-?_?order|cancel-?_?order|payment|zhifu|transfer|zhuanzhang|withdraw|recharge|tixian|churujin|shengou|rengou|shuhui|' +
  '登录|登陆|登出|退出|注册|密码|验证码|短信|开户|委托|下单|撤单|买入|卖出|申购|认购|赎回|转账|支付|付款|充值|提现|出金|入金';
/** Whole words alone: `order` is in `border` too. */
const actWords =
  'auth oauth oauth2 sso token tokens session sessions sms otp mfa pin pwd psw pswd vcode yzm dxyzm khdl yhdl dlyz jymm zjmm ' +
  'czmm xgmm order orders buy sell purchase redeem redemption pay pays deposit deposits refund refunds remit remittance ' +
  'cashout payout topup wt wtcd gpmr gpmc mairu maichu rujin chujin crj yzzz';
const areas =
  'account|trading|holdings?|portfolio|jiaoyi|zhanghu|chicang|zijin|zichan|账户|帐户|交易|持仓|资金|资产|余额';
const areaWords =
  'acct accts trade trades balance balances position positions asset assets margin subscribe subscription subscriptions';
const anyWords = 'gateway gw rpc jsonrpc servlet graphql dispatch dispatcher invoke';
const vital: readonly (readonly [Vital, RegExp, RegExp])[] = [
  ['act', new RegExp(acts, 'i'), whole(actWords)],
  ['area', new RegExp(areas, 'i'), whole(areaWords)],
  ['any', whole(anyWords), whole(anyWords)],
];
/** What a page loads to look right. A server may take no notice of it: so for what is fetched alone. */
const asset = /\.(?:m?js|css|map|png|jpe?g|gif|bmp|webp|avif|svg|ico|woff2?|ttf|otf|eot|mp[34]|webm|wasm)$/i;

/** Words as they stand between separators, and in camel case. */
function whole(words: string): RegExp {
  const lower = words.split(' ');
  const capital = lower.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('|');
  const upper = lower.map((word) => word.toUpperCase()).join('|');
  return new RegExp(
    `(?<![A-Za-z])(?:${lower.join('|')})(?![a-z])|(?:${capital})(?![a-z])|(?<![A-Za-z])(?:${upper})(?![A-Za-z])`,
  );
}

/** What a path, or the template of one, names; null for nothing of the kind. The first that counts, in the order of `Vital`. */
export function vitalOf(path: string): Vital | null {
  const text = /[%\u0080-\u00ff]/.test(path) ? decoded(path) : path;
  for (const [name, anywhere, words] of vital) if (anywhere.test(text) || words.test(text)) return name;
  return null;
}

/** What must stay whole of an exchange, by its path alone; a page's files need not. */
export function keptOf(method: string, path: string): Vital | null {
  return (method === 'GET' || method === 'HEAD') && asset.test(path) ? null : vitalOf(path);
}

/** Neither percent signs nor raw octets (a target is Latin-1) hide a word. What is no UTF-8 is read as far as it is ASCII. */
function decoded(path: string): string {
  const text = /[\u0100-\uffff]/.test(path) ? path : Buffer.from(path, 'latin1').toString();
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/%[2-7][0-9a-f]/gi, (coded) => String.fromCharCode(Number.parseInt(coded.slice(1), 16)));
  }
}
