import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestRole } from '../../../analyzer/identify/field-role.ts';
import { pathWords } from '../../../analyzer/identify/login-path.ts';

const none: ReadonlySet<string> = new Set();
const roles: readonly (readonly [string, string])[] = [
  ['account', 'account'],
  ['userName', 'account'],
  ['login_name', 'account'],
  ['USERID', 'account'],
  ['fund_account', 'account'],
  ['j_username', 'account'],
  ['khh', 'account'],
  ['zjzh', 'account'],
  ['input_content', 'account'],
  ['手机号', 'account'],
  ['mobileNo', 'account'],
  ['userType', 'none'],
  ['accountList', 'none'],
  ['password', 'password'],
  ['passwd', 'password'],
  ['loginPwd', 'password'],
  ['j_password', 'password'],
  ['trdpwd', 'password'],
  ['trade_password', 'password'],
  ['jymm', 'password'],
  ['mm', 'password'],
  ['pin', 'password'],
  ['passwordMd5', 'password'],
  ['encryptedPassword', 'password'],
  ['user[password]', 'password'],
  ['密码', 'password'],
  ['isPasswordExpired', 'none'],
  ['hasTradePwd', 'none'],
  ['passwordType', 'none'],
  ['pwdErrorCount', 'none'],
  ['passwordPolicy', 'none'],
  ['pass', 'password'],
  ['bypass', 'none'],
  ['mmsId', 'none'],
  ['newPassword', 'new-password'],
  ['oldPwd', 'new-password'],
  ['confirm_password', 'new-password'],
  ['repassword', 'new-password'],
  ['password2', 'new-password'],
  ['access_token', 'token'],
  ['X-Token', 'token'],
  ['sessionId', 'token'],
  ['refreshToken', 'refresh-token'],
  ['csrfToken', 'none'],
  ['code', 'code'],
  ['tokenExpire', 'none'],
  ['client_secret', 'api-key'],
  ['smsCode', 'code'],
  ['captcha', 'captcha'],
  ['funcNo', 'function'],
  ['grant_type', 'grant-type'],
  ['entrust_amount', 'business'],
  ['', 'none'],
];

test('what names of fields say', () => {
  for (const [name, role] of roles) {
    const expected = name === 'password2' ? ['new-password', 'password'] : [role];
    assert.ok(expected.includes(requestRole(name, none)), `${name}: ${requestRole(name, none)}`);
  }
});

/** Path, operation, login, logout. */
const paths: readonly (readonly [string, string, string, boolean])[] = [
  ['/login', '', 'strong', false],
  ['/crm/login', '', 'strong', false],
  ['/api/v1/userLogin', '', 'strong', false],
  ['/user/doLogin.do', '', 'strong', false],
  ['/auth/login/password', '', 'strong', false],
  ['/login/sms', '', 'strong', false],
  ['/login/v2', '', 'strong', false],
  ['/j_spring_security_check', '', 'strong', false],
  ['/denglu.action', '', 'strong', false],
  ['/用户/登录', '', 'strong', false],
  ['/servlet/json', 'userLogin', 'strong', false],
  ['/services/Auth', 'LoginByPassword', 'strong', false],
  ['/sign-in', '', 'strong', false],
  ['/api/v1/sessions', '', 'weak', false],
  ['/oauth/token', '', 'weak', false],
  ['/login/captcha', '', 'none', false],
  ['/sys/loginLog/list', '', 'none', false],
  ['/getLoginInfo', '', 'none', false],
  ['/api/catalog', '', 'none', false],
  ['/blog/signature', '', 'none', false],
  ['/api/logistics', '', 'none', false],
  ['/crm/logout', '', 'none', true],
  ['/user/signOut.do', '', 'none', true],
  ['/sso/tuichu', '', 'none', true],
  ['/安全退出', '', 'none', true],
];

test('what paths say', () => {
  for (const [path, operation, login, logout] of paths) {
    const words = pathWords(path, operation, false);
    assert.deepEqual([words.login, words.logout], [login, logout], path);
  }
});
