/** The family of a User-Agent: product and operating system, without versions, which change with every update. */

/** Product tokens as they stand in the text, the most telling first: browsers name those they descend from. */
const products: readonly (readonly [string, string])[] = [
  ['MicroMessenger', 'wechat'],
  ['wxwork', 'wecom'],
  ['DingTalk', 'dingtalk'],
  ['AlipayClient', 'alipay'],
  ['QQBrowser', 'qqbrowser'],
  ['UCBrowser', 'ucbrowser'],
  ['HuaweiBrowser', 'huaweibrowser'],
  ['MiuiBrowser', 'miuibrowser'],
  ['VivoBrowser', 'vivobrowser'],
  ['HeyTapBrowser', 'oppobrowser'],
  ['MetaSr', 'sogou'],
  ['360SE', '360'],
  ['HeadlessChrome', 'headless-chrome'],
  ['PhantomJS', 'phantomjs'],
  ['Electron', 'electron'],
  ['OPR/', 'opera'],
  ['Edg', 'edge'],
  ['SamsungBrowser', 'samsung'],
  ['Firefox/', 'firefox'],
  ['FxiOS', 'firefox'],
  ['CriOS', 'chrome'],
  ['Chrome/', 'chrome'],
  ['Trident/', 'ie'],
  ['MSIE ', 'ie'],
  ['Version/', 'safari'],
];

const systems: readonly (readonly [string, string])[] = [
  ['OpenHarmony', 'harmony'],
  ['HarmonyOS', 'harmony'],
  ['Windows Phone', 'windows-phone'],
  ['Android', 'android'],
  ['iPhone', 'ios'],
  ['iPad', 'ios'],
  ['iOS', 'ios'],
  ['Darwin', 'darwin'],
  ['Windows', 'windows'],
  ['Mac OS X', 'macos'],
  ['Macintosh', 'macos'],
  ['CrOS', 'chromeos'],
  ['Linux', 'linux'],
];

const longest = 512;

/** `chrome/windows`, `okhttp`, `curl`; empty for an absent field, `other` when no product can be told. */
export function userAgentFamily(userAgent: string): string {
  if (userAgent === '') return '';
  const text = userAgent.length > longest ? userAgent.slice(0, longest) : userAgent;
  const system = systems.find(([mark]) => text.includes(mark))?.[1];
  const product = text.startsWith('Mozilla/') ? browserOf(text) : leadingProduct(text);
  return system === undefined ? product : `${product}/${system}`;
}

function browserOf(text: string): string {
  // A crawler that says so names itself in the comment: `(compatible; Baiduspider/2.0; …)`.
  const robot = /([A-Za-z][A-Za-z-]{2,30})(?=\/[\d.]+[;)])/.exec(text.slice(0, 256));
  if (robot !== null && /bot|spider|crawl|slurp/i.test(robot[1]!)) return robot[1]!.toLowerCase();
  return products.find(([mark]) => text.includes(mark))?.[1] ?? 'other';
}

/** The first product token (RFC 9110 §10.1.5) where it is a plain name. */
function leadingProduct(text: string): string {
  const name = /^[A-Za-z][A-Za-z._-]{1,31}(?=[/\s(;]|$)/.exec(text);
  return name === null ? 'other' : name[0].toLowerCase();
}
