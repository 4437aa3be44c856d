/** How a login went, as far as its reply shows. Words decide over codes: 0 is success here and failure there. */
import type { LoginOutcome } from './facts.ts';

export interface Reply {
  /** 0 when no response was seen. */
  readonly status: number;
  /** Envelope code, message and flag; empty and null when absent. */
  readonly code: string;
  readonly message: string;
  readonly flag: boolean | null;
  /** The reply asks for a captcha or a second factor. */
  readonly captcha: boolean;
  /** Location; empty when absent. */
  readonly location: string;
  /** Credentials handed out in the body or a header, and in cookies. */
  readonly tokens: number;
  readonly cookies: number;
  /** WWW-Authenticate was sent. */
  readonly asksAgain: boolean;
  readonly isHtml: boolean;
}

const failureChinese =
  /错误|失败|不正确|不存在|有误|锁定|冻结|禁用|停用|无效|过期|失效|不匹配|不符|不一致|未注册|未登录|未授权|未通过|未开通|拒绝|受限|超限|上限|次数|频繁|重新登录|重新输入|非法|异常|黑名单|请登录|请先登录|超时|不能为空|无权/;
const failureEnglish =
  /incorrect|invalid|wrong|fail|denied|\berror|locked|disabled|expired|not (?:be )?(?:found|exist|match|allowed|registered|recogni[sz]ed)|unauthori[sz]ed|bad credentials|mismatch|too many|forbidden|reject|unknown (?:user|account)|does ?n[o']t|no such|suspended|access_denied/i;
const success = /成功|欢迎|通过|\bok\b|success|welcome|logged in|authenticated/i;
const challenge =
  /(?:请输入|需要|需|请完成|请先|请获取|请进行|下发|已发送).{0,8}(?:验证码|滑块|安全验证|短信|动态口令|二次|人脸|设备)|二次认证|二次验证|双因素|新设备|(?:captcha|otp|verification|mfa|2fa|two[- ]?factor)[\w ]{0,12}(?:required|needed|sent)|(?:enter|require[sd]?) .{0,16}(?:captcha|otp|code)/i;
const loginPage = /(?:^|[/?&=.;#_-])(?:user|do|to)?(?:login|signin|logon|denglu|sso|cas)(?:$|[/?&=.;#_-])/i;
const errorMark = /[?&#;/](?:error|err|fail(?:ed|ure)?|login_error|authfail)(?:$|[=&/])/i;

const goodCode = /^(?:0+|2\d\d|20000|ok|success|succeed|s|y|true|e0+|m?0+)$/i;

/** How a reply's message reads; empty when it says neither. */
export function toneOf(message: string): '' | 'good' | 'bad' {
  if (message === '') return '';
  if (failureChinese.test(message) || failureEnglish.test(message)) return 'bad';
  return success.test(message) ? 'good' : '';
}

/** Appends what was seen to `evidence`, in fixed words. */
export function outcomeOf(reply: Reply, evidence: string[]): LoginOutcome {
  const { status, code, message, flag } = reply;
  if (status === 0) {
    evidence.push('no-response');
    return 'unknown';
  }
  if (reply.tokens > 0) evidence.push('issued=token');
  if (reply.cookies > 0) evidence.push('issued=cookie');
  if (code !== '') evidence.push(`code=${shownCode(code)}`);
  if (flag !== null) evidence.push(`flag=${flag}`);
  if (status === 401 || (status >= 400 && reply.asksAgain)) {
    evidence.push(`status=${status}`);
    return 'failure';
  }
  if (reply.tokens === 0 && (reply.captcha || challenge.test(message))) {
    evidence.push('challenge');
    return 'challenge';
  }
  if (status >= 400) {
    evidence.push(`status=${status}`);
    return status >= 500 && message === '' && code === '' ? 'unknown' : 'failure';
  }
  if (status >= 300) return redirected(reply, evidence);
  const isGood = code !== '' && goodCode.test(code);
  const saysFailure = failureChinese.test(message) || failureEnglish.test(message);
  if (saysFailure && !(reply.tokens > 0 && (flag === true || isGood))) {
    evidence.push('message=failure');
    return 'failure';
  }
  if (flag === false) return 'failure';
  if (reply.tokens > 0) return 'success';
  if (success.test(message)) {
    evidence.push('message=success');
    return code !== '' && !isGood && flag !== true && !/成功|success/i.test(message) ? 'unknown' : 'success';
  }
  if (flag === true || isGood) return 'success';
  // 1 is success in some houses and failure in others.
  if (code !== '' && code !== '1') return 'failure';
  if (reply.isHtml) return 'unknown';
  return reply.cookies > 0 ? 'success' : 'unknown';
}

function redirected(reply: Reply, evidence: string[]): LoginOutcome {
  const { location } = reply;
  const query = location.search(/[?#]/);
  const target = query < 0 ? location : location.slice(0, query);
  if (errorMark.test(location)) {
    evidence.push('redirect=error');
    return 'failure';
  }
  // A ticket in the address is handed out by a login server to the page that asked: that is a success.
  if (reply.tokens > 0) {
    evidence.push('redirect=ticket');
    return 'success';
  }
  if (loginPage.test(target)) {
    evidence.push('redirect=login');
    return 'failure';
  }
  if (location === '') return 'unknown';
  evidence.push('redirect=away');
  return 'success';
}

/** Short codes and words travel; anything longer might be a value. */
function shownCode(code: string): string {
  return /^-?\d{1,5}$/.test(code) || /^0+$/.test(code) || /^[A-Za-z][A-Za-z_]{0,19}$/.test(code) ? code : '***';
}
