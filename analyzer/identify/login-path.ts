/** What a path and an operation's name say: a login, a logout, or a function that uses passwords otherwise. */

export interface PathWords {
  /** `strong` for login words, `weak` for `session`, `token` and the like, which need a matching method and fields. */
  readonly login: 'strong' | 'weak' | 'none';
  readonly logout: boolean;
  /** Registration, change of password, reset, orders: account and password there are no login. */
  readonly otherUse: boolean;
  /** The login is one by a code sent to a telephone. */
  readonly sms: boolean;
}

function setOf(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}

const loginWords = setOf(
  'login logon signin dologin userlogin loginin loginuser denglu dlyz logincheck checklogin loginsubmit loginaction ' +
    'loginservlet loginverify verifylogin applogin h5login weblogin pclogin wxlogin smslogin mobilelogin phonelogin ' +
    'adminlogin fundlogin tradelogin clientlogin custlogin khdl yhdl loginbypassword loginbysms authenticate ' +
    '登录 登陆 用户登录 客户登录',
);
const weakWords = setOf(
  'session sessions token tokens authentication authentications auth authenticationrequest tickets',
);
const logoutWords = setOf(
  'logout logoff signout signoff loginout dologout userlogout tuichu zhuxiao tcdl exitlogin quit 退出 登出 注销 退出登录 安全退出',
);
/** Words that may stand beside a login's: how, where, for whom. */
const company = setOf(
  'do user users app by with password pwd passwd sms code mobile phone h5 pc web wx wechat client customer cust member admin ' +
    'staff fund trade account acct post submit api json action cas sso quick fast one key auth oauth oauth2 in on ajax form ' +
    'process handle req request execute service svc servlet index html php asp aspx jsp check security j spring verify ' +
    'validate system sys uc ucenter passport portal page v1 v2 v3 v4 ex new perform send to current me self session sessions ' +
    'token tokens connect accesstoken access rest email finger face gesture ticket',
);
/** Words beside a login's that make it something else: `loginLog`, `login/captcha`. */
const notLogin = setOf(
  'log logs record records history list info status state config captcha vcode image img qrcode publickey pubkey salt nonce ' +
    'page css js count times limit notice tip agreement param params setting settings sendsms sendcode getcode',
);
const otherUses = setOf(
  'register registration regist reg signup zhuce reset forget forgot forgotpassword change changepwd changepassword modify ' +
    'modifypwd updatepwd updatepassword resetpwd resetpassword setpwd setpassword xgmm czmm edit update create add save ' +
    'insert bind unbind pay payment transfer order entrust withdraw deposit kaihu openaccount import verifypassword ' +
    'checkpassword unlock 注册 修改密码 重置密码 找回密码 开户 转账 下单 委托',
);
const quick = /log|sign|auth|token|session|ticket|denglu|dl|tuichu|zhuxiao|quit|security_check|[\u4e00-\u9fff]/i;

const nothing: PathWords = { login: 'none', logout: false, otherUse: false, sms: false };

/** `path` decoded, without its query; `operation` of a function-number, SOAP, GraphQL or RPC call, or empty. */
export function pathWords(path: string, operation: string, wantOtherUse: boolean): PathWords {
  const text = operation === '' ? path : `${path}/${operation}`;
  if (!wantOtherUse && !quick.test(text)) return nothing;
  const segments = text
    .slice(0, 512)
    .split(/[/;]/)
    .filter((segment) => segment !== '' && !segment.includes('='))
    .slice(-4)
    .map(wordsIn);
  const last = segments.at(-1) ?? [];
  const before = segments.at(-2) ?? [];
  const isOther = segments.some((words) => otherUses.has(words.join('')) || words.some((word) => otherUses.has(word)));
  const login = kindOf(last, before);
  return {
    login,
    logout: last.some((word) => logoutWords.has(word)) || logoutWords.has(last.join('')) || isLogoutPair(last),
    otherUse: isOther,
    sms: [...before, ...last].some((word) => word.includes('sms') || word === 'code' || word.includes('短信')),
  };
}

function wordsIn(segment: string): string[] {
  return segment
    .replace(/\.(?:do|action|json|jsp|jspx|php|aspx|ashx|asp|html?|xml|cgi|api)$/i, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9\u4e00-\u9fff]+/)
    .filter((word) => word !== '');
}

function kindOf(last: readonly string[], before: readonly string[]): PathWords['login'] {
  if (last.some((word) => notLogin.has(word))) return 'none';
  if (isLoginSegment(last)) return 'strong';
  const isPlain = last.every((word) => company.has(word) || /^\d+$|^[a-z]\d?$/.test(word));
  if (isPlain && isLoginSegment(before)) return 'strong';
  if (isPlain && before.some((word) => weakWords.has(word)) && isPlainBeside(before, weakWords)) return 'weak';
  if (last.some((word) => weakWords.has(word)) && isPlainBeside(last, weakWords)) return 'weak';
  return 'none';
}

/** One login word, and beside it nothing but company. */
function isLoginSegment(words: readonly string[]): boolean {
  if (words.length === 0) return false;
  const joined = words.join('');
  if (loginWords.has(joined) || joined === 'logon' || joined === 'signin' || joined === 'jspringsecuritycheck')
    return true;
  if (words.includes('log') && words.includes('in') && words.length === 2) return true;
  return words.some((word) => loginWords.has(word)) && isPlainBeside(words, loginWords);
}

function isPlainBeside(words: readonly string[], among: ReadonlySet<string>): boolean {
  return words.every((word) => among.has(word) || company.has(word) || /^v?\d+$/.test(word));
}

function isLogoutPair(words: readonly string[]): boolean {
  const joined = words.join('');
  return joined === 'logout' || joined === 'signout' || joined === 'logoff' || joined === 'loginout';
}
