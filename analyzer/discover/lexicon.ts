/** Words that look like ids and are none, and words that name an operation. All in lower case. */

/** Names with digits: standards, formats, algorithms, trading jargon (`t0`, `l2`). A segment of these is static. */
const names = new Set(
  (
    'oauth1 oauth2 oauth10 oauth20 oauth1a mp3 mp4 m3u8 h264 h265 ipv4 ipv6 s3 ec2 base32 base58 base64 crc16 crc32 ' +
    'md4 md5 sha1 sha2 sha3 sha224 sha256 sha384 sha512 hmacsha1 hmacsha256 hmacsha512 aes128 aes192 aes256 rsa1024 ' +
    'rsa2048 rsa4096 des3 3des sm2 sm3 sm4 sm9 ed25519 x25519 secp256k1 x509 pkcs1 pkcs7 pkcs8 pkcs11 pkcs12 p12 ' +
    'h5 html5 css3 es5 es6 web2 web3 b2b b2c c2c p2p o2o k8s k3s i18n l10n a11y e2e 2fa u2f fido2 3ds t0 t1 t2 t3 ' +
    'd0 d1 l1 l2 level1 level2 top5 top10 top20 top50 top100 utf8 utf16 utf32 utf16le utf16be gb2312 gb18030 big5 ' +
    'latin1 iso8601 iso8859 rfc3339 rfc2822 http1 http2 http3 tls12 tls13 amd64 arm64 x86 x64 win32 win64 mac68k ' +
    'log4j log4j2 struts2 swagger2 openapi3 iso27001'
  ).split(' '),
);

/** Names of compound segments whose digits are no id either (`iso-8601`, `rfc-2616`). */
const compounds = new Set([
  'iso-8601',
  'iso-8859',
  'rfc-2616',
  'rfc-3339',
  'utf-16',
  'gb-2312',
  'gb-18030',
  'iso-27001',
]);

export function isKnownName(text: string): boolean {
  if (text.length > 12) return false;
  const lower = text.toLowerCase();
  return names.has(lower) || compounds.has(lower);
}

/** Chinese words of everyday and places that begin with a surname: by their characters they could be a person's name. */
const commonWords = new Set(
  (
    '吉林 江苏 安徽 山东 广东 甘肃 宁夏 石家庄 唐山 沈阳 哈尔滨 苏州 常州 徐州 杭州 宁波 温州 ' +
    '金华 安庆 黄山 吉安 郑州 荆州 岳阳 常德 广州 惠州 湛江 咸阳 桂林 柳州 管理 安全 关于 平安 ' +
    '成长 明天 安信 全国 高亮 常见 万一 文章 文本 文明 程度 计时 经理 从业 成功 成本 成立 成果 ' +
    '水平 白银 华安 华夏 华泰 国泰 国信 国海 海通 东方 东海 广发 安卓 平均 温馨 温度 明年 强平 ' +
    '农业 管家 管道 家庭 易方达 居民 满意 国家 国际 东北 欧元 利润 红利 权益 盖章 益智 牧业 ' +
    '全文 秋季 幸福 印章 卓越 党建 贡献 通道 终端 勾选 季度 金龙 高新 高铁 花红 方正 方舟 康泰 ' +
    '雷达 毕业 毕节 齐全 顾问 毛利 纪念 纪要 祝福'
  ).split(' '),
);

/** A word that is no person's name, though it reads like one. */
export function isCommonWord(text: string): boolean {
  return commonWords.has(text);
}

const verbs = new Set(
  (
    'get query list find search fetch load read select count add create insert new save update modify edit set put ' +
    'patch delete del remove cancel submit apply confirm check verify validate valid export import upload download ' +
    'send sync login logout register reset change open close buy sell trade order place withdraw deposit transfer pay ' +
    'bind unbind batch is has can do on handle process generate gen calc compute init start stop enable disable lock ' +
    'unlock approve reject audit view show qry upd ins print preview push pull subscribe unsubscribe refresh renew ' +
    'revoke convert copy move merge split assign release publish archive restore retry run test ping auth sign authorise authorize authenticate retrieve'
  ).split(' '),
);

export function isVerb(word: string): boolean {
  return word.length <= 12 && verbs.has(word.toLowerCase());
}

/** Extensions that belong to an operation's name: the stem is the operation, or an id with a response format. */
const operationExtensions = new Set(
  'json xml do action htm html shtml xhtml php php5 jsp jspx asp aspx ashx asmx svc cgi jspa mvc api'.split(' '),
);
/** Files with content of their own. */
const documentExtensions = new Set(
  'pdf xls xlsx csv tsv doc docx ppt pptx txt rtf zip rar gz tgz tar 7z apk ipa exe dmg msi bin dat log sql bak dbf parquet mdb eml p7b cer crt pem'.split(
    ' ',
  ),
);
/** What a page loads to look right. */
const assetExtensions = new Set(
  'js mjs cjs css less scss map png jpg jpeg gif bmp webp avif svg ico cur woff woff2 ttf otf eot mp3 mp4 m4a m4s webm ogg wav flac avi mov ts m3u8 swf wasm webmanifest'.split(
    ' ',
  ),
);

export type ExtensionKind = 'operation' | 'document' | 'asset';

export function extensionKind(extension: string): ExtensionKind | null {
  const lower = extension.toLowerCase();
  if (operationExtensions.has(lower)) return 'operation';
  if (assetExtensions.has(lower)) return 'asset';
  if (documentExtensions.has(lower)) return 'document';
  return null;
}

/** Position of the dot before a known extension, or -1. */
export function extensionStart(segment: string): number {
  const dot = segment.lastIndexOf('.');
  const length = segment.length - dot - 1;
  if (dot <= 0 || length < 2 || length > 11) return -1;
  return extensionKind(segment.slice(dot + 1)) === null ? -1 : dot;
}
