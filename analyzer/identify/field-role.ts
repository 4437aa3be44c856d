/** What a field's name says of its value, for the question who is calling. Looked at once a place, not once a value. */
import type { LeafNode } from '../leaf.ts';
import { wordsOf } from './name-words.ts';

export type RequestRole =
  | 'none'
  | 'account'
  | 'password'
  | 'new-password'
  | 'token'
  | 'refresh-token'
  | 'ticket'
  | 'api-key'
  | 'code'
  | 'captcha'
  | 'function'
  | 'grant-type'
  | 'business'
  | 'configured';

export type ResponseRole = 'none' | 'token' | 'refresh-token' | 'ticket' | 'code' | 'flag' | 'message' | 'captcha';

function setOf(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}

/** Names without separators, best first: the number is the rank, and the lowest rank found wins. */
const accountRanks = new Map<string, number>();
for (const [rank, names] of [
  'loginname loginid loginaccount account accountname accountid username user uname usercode userno login jusername ' +
    'acct acctname acctno accountno accountcode logincode yhm yonghuming dlm zhanghao zh dlzh czyh gyh gyid gh opercode ' +
    'operid operatorid operatorno operatorcode empno empid employeeno employeeid staffno staffid jobnumber jobno workno ' +
    'inputcontent acctcontent accountcontent inputid logonid logonname signinname 账号 帐号 用户名 登录名 工号',
  'fundaccount fundaccountno fundacct fundid zjzh zijinzhanghao capitalaccount clientid clientno custid custno ' +
    'custcode customerno customerid customercode khh kehuhao khdm tradeaccount tradeacct stockaccount investorid ' +
    '资金账号 资金帐号 客户号 客户代码',
  'userid uid useridentifier principal identifier identity',
  'mobile mobileno mobilephone mobilenum mobilenumber mobiletel phone phoneno phonenum phonenumber tel telno telephone ' +
    'cellphone cell sjh sjhm shouji shoujihao 手机 手机号 手机号码 email mail emailaddress youxiang 邮箱 idno idcard zjhm',
  'name nickname',
].entries()) {
  for (const name of names.split(' ')) accountRanks.set(name, rank);
}

/** Rank of an account's field name, 0 the best; -1 when it is none. */
export function accountRank(name: string): number {
  return accountRanks.get(wordsOf(name).join('')) ?? -1;
}

const passwordWords = setOf(
  'password passwd pwd pass passcode passphrase psw pswd pw passwort mm mima jymm dlmm txmm zjmm khmm kouling pin pincode ' +
    'trdpwd trdpin jpassword userpwd loginpwd loginpassword userpassword userpass tradepwd tradepassword fundpwd ' +
    'fundpassword paypwd paypassword md5pwd md5password encpwd encpassword encryptpwd encryptedpassword rsapwd 密码 ' +
    '登录密码 交易密码 资金密码 口令',
);
/** Words that may stand beside a password's: they say whose it is or how it is coded. */
const passwordCompany = setOf(
  'j user login logon signin trade trd trading jy fund zj pay withdraw account acct client cust customer admin my the input web ' +
    'app enc encrypt encrypted md5 sha sha1 sha256 rsa sm2 sm3 sm4 aes cipher hash hashed digest base64 b64 text str ' +
    'string value val content 1 data param field tx com comm service',
);
const otherPassword = setOf(
  'new old confirm confirmed confirmation repeat again re second retype verify check origin original current 2 reset',
);
/** Passwords of six digits by tradition: trading, fund and bank PINs. */
const pinWords = setOf(
  'pin pincode trade trd trading jy jymm fund zj zjmm txmm trdpwd trdpin tradepwd tradepassword fundpwd fundpassword 交易密码 资金密码',
);

export function isPinName(name: string): boolean {
  return wordsOf(name).some((word) => pinWords.has(word.replace(/\d+$/, '')));
}

const tokenWords = setOf(
  'token accesstoken authtoken usertoken logintoken sessiontoken idtoken apptoken tokenid tokenvalue jwt satoken ' +
    'sessionid session sessid sid jsessionid phpsessid sessionkey sessionno sessionuuid xtoken authorization ssotoken ' +
    'bearer credential authkey usersession sess loginkey ltpatoken',
);
const tokenTails = setOf('token jwt sid sessionid session');
/** Words that make a token something else than a caller's. */
const notToken = setOf(
  'csrf xsrf page next prev previous continuation push device form captcha upload expires expire expired expiry exp ' +
    'type ttl in time timeout valid refresh verify verification sms reset count name status state url uri endpoint key ' +
    'head header prefix fcm apns jpush getui umeng cancel sync paging cursor max min limit total usage prompt start end ' +
    'is has need qr image img code ukey',
);
const ticketWords = setOf('ticket st tgt castgc ssoticket serviceticket logintoken2 authcode authticket');
const apiKeyWords = setOf(
  'apikey appkey accesskey accesskeyid appid ak clientsecret appsecret secretkey secret subscriptionkey openapikey signkey signsecret',
);
const refreshWords = setOf('refreshtoken refresh xrefreshtoken');
const codeWords = setOf(
  'code smscode smsverifycode mobilecode phonecode msgcode verifysmscode smscaptcha dynamiccode dynamicpwd dynamicpassword ' +
    'otp otpcode totp onetimepassword yzm dxyzm dxyanzhengma sms authcode2 mobilevcode smsvcode vericode verificationcode ' +
    'verifycode validatecode validcode checkcode 短信验证码 验证码 动态口令 动态密码',
);
const captchaWords = setOf(
  'captcha captchacode captchaid captchakey imagecode imgcode imgcaptcha piccode randcode randomcode vcode kaptcha ' +
    'graphcode yzmid uuidcode geetestchallenge geetestvalidate slideverify 图形验证码',
);
const functionWords = setOf(
  'funcno func funcid functionid functionno funccode function trcode trancode transcode txcode bizcode serviceid ' +
    'servicecode serviceno msgtype action method cmd command op operation api apiname interface requesttype bizno',
);
/** Fields of orders, transfers and registrations: beside them, account and password are a caller's seal, no login. */
const businessWords = setOf(
  'entrust entrustamount entrustprice entrustbs entrustno stockcode price amount quantity qty vol volume bsflag ' +
    'exchangetype occurbalance balance transferamount bankno bankcode banktype money productcode fundcode applyamount ' +
    'wtsl wtjg gpdm zqdm bondcode orderno enddate begindate startdate realname birthday gender address nickname invitecode',
);

/** `configured`: lower-case names of fields that name the account on every call. */
export function requestRole(name: string, configured: ReadonlySet<string>): RequestRole {
  if (name === '' || name.length > 64) return 'none';
  if (configured.has(name.toLowerCase())) return 'configured';
  const words = wordsOf(name);
  const joined = words.join('');
  if (joined === 'granttype') return 'grant-type';
  if (codeWords.has(joined)) return 'code';
  if (captchaWords.has(joined)) return 'captcha';
  const password = passwordRole(words, joined);
  if (password !== 'none') return password;
  if (refreshWords.has(joined)) return 'refresh-token';
  if (isToken(words, joined)) return 'token';
  if (ticketWords.has(joined)) return 'ticket';
  if (apiKeyWords.has(stripX(joined))) return 'api-key';
  if (accountRanks.has(joined)) return 'account';
  if (functionWords.has(joined)) return 'function';
  return businessWords.has(joined) ? 'business' : 'none';
}

function stripX(joined: string): string {
  return joined.startsWith('x') ? joined.slice(1) : joined;
}

function passwordRole(words: readonly string[], joined: string): 'password' | 'new-password' | 'none' {
  let found = false;
  let other = false;
  for (const word of words) {
    const bare = word.replace(/\d+$/, '');
    if (passwordWords.has(bare)) found = true;
    else if (otherPassword.has(word)) other = true;
    else if (!passwordCompany.has(word) && bare !== '') return joinedPassword(joined);
  }
  if (!found) return joinedPassword(joined);
  return other ? 'new-password' : 'password';
}

/** `newpassword`, `confirmpwd`, `repassword` and `olduserpwd` without separators. */
function joinedPassword(joined: string): 'new-password' | 'none' {
  const match =
    /^(new|old|confirm|re|again|repeat|original|current)(?:user|login|trade|fund)?(?:password|passwd|pwd|pass|mm)\d?$/;
  return match.test(joined) ? 'new-password' : 'none';
}

function isToken(words: readonly string[], joined: string): boolean {
  if (tokenWords.has(joined) || tokenWords.has(stripX(joined))) return true;
  const last = words.at(-1);
  return last !== undefined && tokenTails.has(last) && !words.some((word) => notToken.has(word));
}

const statusCodes = setOf(
  'errorno errno code errcode errorcode retcode returncode resultcode rescode respcode rspcd rspcode responsecode ' +
    'resultno returnno msgcode bizcode status statuscode state errornum ret rc result ec stat subcode',
);
const flags = setOf(
  'success succ issuccess ok successful isok succeed flag loginsuccess authenticated isauthenticated',
);
const messages = setOf(
  'msg message errorinfo errinfo errmsg errormsg errormessage retmsg returnmsg resultmsg respmsg rspmsg responsemsg ' +
    'info desc description error errordescription tip tips resultinfo reason detail msginfo retinfo err errordesc ' +
    '错误信息 提示',
);
const captchaAsked = setOf(
  'needcaptcha captcharequired iscaptcha showcaptcha needvcode needverify need2fa mfarequired',
);

/** Fields of a reply. Codes and messages count in the envelope alone: at most two names deep, in no list. */
export function responseRole(node: LeafNode): ResponseRole {
  const { name, path } = node;
  if (name === '' || name.length > 64) return 'none';
  const words = wordsOf(name);
  const joined = words.join('');
  if (refreshWords.has(joined)) return 'refresh-token';
  if (isToken(words, joined)) return 'token';
  if (ticketWords.has(joined)) return 'ticket';
  if (depthOf(path) > 2 || path.includes('[]')) return 'none';
  if (statusCodes.has(joined)) return 'code';
  if (flags.has(joined)) return 'flag';
  if (captchaAsked.has(joined)) return 'captcha';
  return messages.has(joined) ? 'message' : 'none';
}

function depthOf(path: string): number {
  let depth = 1;
  for (let i = 0; i < path.length; i++) if (path.charCodeAt(i) === 0x2e) depth++;
  return depth;
}

/** The roles of one tree's places, by the node's number. Bounded by the tree. */
export class FieldRoles<Role extends string> {
  readonly #roles: Role[] = [];

  constructor(private readonly tell: (node: LeafNode) => Role) {}

  of(node: LeafNode): Role {
    return (this.#roles[node.id] ??= this.tell(node));
  }
}
