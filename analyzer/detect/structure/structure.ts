/**
 * How an exchange is built, where that says something of the API behind it: bits, and their names as calls and rules
 * have them among the signals.
 */
/** In the order of `structureNames`. */
export const structure = {
  operations: 1,
  depth: 2,
  aliases: 4,
  guesses: 8,
  documentType: 16,
  serviceDescription: 32,
  scriptFile: 64,
  scriptKept: 128,
  serverPath: 256,
  lastingLink: 512,
  bucketListing: 1024,
  webAddress: 2048,
  encoded: 4096,
  repeatedBlocks: 8192,
  unkeyed: 16_384,
  unnamedAction: 32_768,
  elsewhere: 65_536,
  sharedStore: 131_072,
  callback: 262_144,
  reflected: 524_288,
  opaqueRequest: 1_048_576,
  opaqueResponse: 2_097_152,
  otherAction: 4_194_304,
} as const;

export const structureNames: readonly string[] = [
  ...['many-operations', 'deep-query', 'many-aliases', 'guessing-aliases', 'document-type', 'service-description'],
  ...['script-file', 'script-kept', 'server-path', 'lasting-link', 'bucket-listing', 'web-address'],
  ...['encoded-content', 'repeated-blocks', 'unkeyed-signature', 'unnamed-action', 'redirect-elsewhere'],
  ...['shared-store', 'foreign-callback', 'reflected-markup', 'opaque-request', 'opaque-response'],
  'other-action',
];

/** What a place's name says its values may be: bits of the marks of a request's places. */
export const holds = { query: 1, operation: 2, upload: 4, path: 8, address: 16, cipher: 32, signature: 64 } as const;

const filePath =
  /^(?:file|files|filename|filepath|fullpath|realpath|path|fileurl|filedir|attach|attachment|attachmentpath|document|doc|pdf|pdfpath|dir|folder|directory|download(?:path|file)|template(?:path|file)|report(?:path|file)|localpath|serverpath|[a-z]*(?:file|doc|attach|save|store|storage|disk|real|full|absolute|relative|source|target|object|resource)path)$/;
/** An address that somebody is to be sent to, or that a page shows, is for the browser. */
const address =
  /^(?:url|uri|link|src|source|sourceurl|target|targeturl|remote|remoteurl|host|endpoint|webhook|webhookurl|hook|feed|feedurl|proxy|fetchurl|downloadurl|fileurl|imageurl|imgurl|picurl|pdfurl|docurl|importurl|dataurl|apiurl|serviceurl|server|serverurl|dest|destination|resource|resourceurl|notifyurl)$|^(?!redirect|return|back|callback|jump|success|error|fail|cancel|share|refer|current|next|goto|forward|log(?:in|out))[a-z]{2,20}ur[li]$/;
/** What is encrypted, as its name says. */
const cipher =
  /^(?:enc|encrypt|encrypted|cipher|crypt|crypto|sm[24]|aes|3?des|rsa)(?:ed)?(?:data|text|body|content|msg|message|param|params|payload|str|string|info|request|response|req|resp|value|json|package|biz)?$|^(?:data|text|body|content|msg|message|param|params|payload|str|info|request|response|req|resp|biz)(?:enc|encrypt|encrypted|cipher)$|^密文$|^加密数据$/;

/**
 * Bits of `holds` for a place. `joined`: its name in lower case without what parts its words; `path`: of the leaf in its
 * part of the message.
 */
export function holdings(joined: string, path: string): number {
  if (path === 'query' || path === '[].query') return path === 'query' ? holds.query : holds.query | holds.operation;
  if (path === '[].jsonrpc') return holds.operation;
  let found = 0;
  if (filePath.test(joined)) found |= holds.path;
  if (address.test(joined)) found |= holds.address;
  if (claimsSecrecy(joined)) found |= holds.cipher;
  if (namesSignature(joined)) found |= holds.signature;
  return found;
}

export function claimsSecrecy(joined: string): boolean {
  return cipher.test(joined);
}

/** Not a digest of a file, nor a check of one part of the content alone. */
const signatureName =
  /^(?:x)?(?:(?:ca|tx|api|app|req|request|data|body|md5|sm3|hmac)?(?:sign|signature|sig|mac|hmac)|signdata|signvalue|签名)$/;
const signatureForm = /^(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9+/_-]{27,700}={0,2}$/;

export function namesSignature(joined: string): boolean {
  return signatureName.test(joined);
}

/** Hexadecimal or Base64 of a digest or more; a picture of a signature is longer, a word shorter. */
export function isSignature(value: string): boolean {
  return value.length <= 702 && signatureForm.test(value);
}
