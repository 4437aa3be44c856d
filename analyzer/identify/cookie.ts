/** Cookies (RFC 6265): which of them hold a session, and which only count visitors. */

import type { CredentialKind } from './facts.ts';
import { requestRole } from './field-role.ts';

/** `unknown`: the name says nothing, the value has to. `other`: no credential whatever the value. */
export type CookieClass = CredentialKind | 'unknown' | 'other';

const sessions = new Set(
  (
    'jsessionid phpsessid asp.net_sessionid connect.sid sid ssid session sessionid session_id sessid sess s_id psid ' +
    'laravel_session ci_session rack.session express.sid koa.sid koa.sess beaker.session.id cfid cftoken sessiontoken ' +
    '.aspxauth .aspnetcore.session .aspnetcore.cookies aspxauth ltpatoken ltpatoken2 iplanetdirectorypro smsession ' +
    'obssocookie tgc castgc sso ssoid sso_session shiro_session rememberme remember-me remember_me login_session usersession ' +
    'jwt auth authorization access_token token satoken admin-token user_token usertoken xq_a_token pt_key user_session ' +
    'gsessionid websession weblogicsession sessionidadmin uc_session bizsession loginid_token logintoken auth_token'
  ).split(' '),
);
const sessionPattern =
  /^(?:aspsession|wordpress_logged_in|keycloak_|sess|phpsess|mod_auth_openidc|_[a-z_]+_session$|__(?:secure|host)-.*sess)|(?:session_?id|sessid|_session|-session|\.sid|_sid|jsession(?:id)?|sso_?token|_?ticket)$/;

/** Counters of visitors, balancers, guards of robots and forms, settings. */
const others = new Set(
  (
    '_ga _gid _gat _fbp _fbc cna umdistinctid sensorsdata2015jssdkcross ajs_anonymous_id ajs_user_id baiduid ' +
    'baiduid_bfess bidupsid psino h_ps_pssid _uab_collina acw_tc acw_sc__v2 aliyungf_tc serverid route awsalb awsalbcors ' +
    'ingresscookie xsrf-token csrftoken csrf-token _csrf csrf _xsrf xsrf cf_clearance __cf_bm __cfduid __cfruid arrweb ' +
    'incap_ses visid_incap ak_bmsc bm_sz bm_sv _abck _dd_s _hjid isg tfstk ssxmod_itna ssxmod_itna2 l cookie2 guid uuid ' +
    'device_id deviceid did fingerprint fp visitorid visitor_id lang language locale theme timezone tz device_t ' +
    'experimentation_subject_id optimizelyenduserid mp_distinct_id intercom-id captcha captchaid kaptcha __root_domain_v'
  ).split(' '),
);
const otherPattern =
  /^(?:_ga_|_gcl|_gat_|hm_(?:lvt|lpvt|ck)|__utm|utm_|_pk_|ajs_|amplitude|amp_|cnzzdata|bigip|nsc_|ts0|incap_|visid_|gr_|_hj|mp_|sensorsdata|umdist|qgdiff|acw_|ssxmod|waf|hwwaf|uba_|lastvisit|_qddaz|_qda|bdshare|__qc|tracker|arms|x-?hng|_tea)/;

export function cookieClass(name: string): CookieClass {
  const lower = name.toLowerCase();
  if (others.has(lower) || otherPattern.test(lower)) return 'other';
  const role = requestRole(name, noNames);
  if (role === 'refresh-token' || role === 'ticket') return role;
  if (sessions.has(lower) || sessionPattern.test(lower)) {
    return /(?:token|jwt|authorization)$/.test(lower) ? 'token' : 'session';
  }
  return role === 'token' ? 'token' : 'unknown';
}
const noNames: ReadonlySet<string> = new Set();

/** Pairs of a Cookie field, at most 96 of them. */
const mostPairs = 96;
const longestCookies = 16_384;

export function eachCookie(field: string, take: (name: string, value: string) => void): void {
  const text = field.length > longestCookies ? field.slice(0, longestCookies) : field;
  let at = 0;
  for (let n = 0; n < mostPairs && at < text.length; n++) {
    let stop = text.indexOf(';', at);
    if (stop < 0) stop = text.length;
    const equals = text.indexOf('=', at);
    if (equals > at && equals < stop) {
      const name = text.slice(at, equals).trim();
      if (name !== '') take(name, text.slice(equals + 1, stop).trim());
    }
    at = stop + 1;
  }
}

export interface SetCookie {
  readonly name: string;
  readonly value: string;
  readonly httpOnly: boolean;
  readonly secure: boolean;
  /** `strict`, `lax`, `none`; empty when absent or unreadable. */
  readonly sameSite: string;
  /** The cookie is taken back: empty, `Max-Age` 0 or below, `Expires` in 1970. */
  readonly removed: boolean;
}

/** Null when the field has no name. */
export function parseSetCookie(field: string): SetCookie | null {
  const text = field.length > longestCookies ? field.slice(0, longestCookies) : field;
  const [pair = '', ...attributes] = text.split(';', 24);
  const equals = pair.indexOf('=');
  const name = pair.slice(0, Math.max(equals, 0)).trim();
  if (name === '') return null;
  const value = pair.slice(equals + 1).trim();
  let httpOnly = false;
  let secure = false;
  let sameSite = '';
  let removed = value === '' || value === '""' || /^(?:deleted?|deleteme|null|undefined)$/i.test(value);
  for (const attribute of attributes) {
    const [key = '', setting = ''] = attribute.split('=', 2).map((part) => part.trim().toLowerCase());
    if (key === 'httponly') httpOnly = true;
    else if (key === 'secure') secure = true;
    else if (key === 'samesite' && /^(?:strict|lax|none)$/.test(setting)) sameSite = setting;
    else if (key === 'max-age' && /^(?:0|-\d+)$/.test(setting)) removed = true;
    else if (key === 'expires' && /\b(?:1970|01-jan-70)\b/.test(setting)) removed = true;
  }
  return { name, value, httpOnly, secure, sameSite, removed };
}
