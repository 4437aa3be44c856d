/**
 * Whether a JSON Web Token is signed with a key that everybody can guess: the words of tutorials, the defaults of libraries and
 * frameworks (RFC 7518 §3.2 asks for as many bits as the hash has). Whoever has the key makes tokens for anybody.
 *
 * One token of sixteen is tried, chosen by its own signature, so that the same ones are tried whoever reads them: an application
 * has one key for all. Some 150 keys take about a millisecond, hence the bound: of tokens that are all made to be tried one in
 * eight is.
 */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

const words = [
  ...['secret', 'Secret', 'SECRET', 'secretkey', 'secretKey', 'secret_key', 'secret-key', 'SecretKey', 'SECRET_KEY'],
  ...['mysecret', 'mySecret', 'my-secret', 'my_secret', 'mysecretkey', 'mySecretKey', 'my-secret-key', 'my_secret_key'],
  ...['your-secret', 'your_secret', 'your-secret-key', 'your_secret_key', 'yoursecretkey', 'yourSecretKey'],
  ...['your-256-bit-secret', 'your-384-bit-secret', 'your-512-bit-secret', 'supersecret', 'super-secret', 'topsecret'],
  ...[
    'jwt',
    'JWT',
    'jwtkey',
    'jwt_key',
    'jwt-key',
    'jwtKey',
    'jwtsecret',
    'jwtSecret',
    'jwt_secret',
    'jwt-secret',
    'JWT_SECRET',
  ],
  ...[
    'key',
    'private',
    'privatekey',
    'private_key',
    'signkey',
    'signingkey',
    'sign',
    'token',
    'tokenkey',
    'tokenSecret',
  ],
  ...[
    'token_secret',
    'test',
    'test123',
    'testkey',
    'demo',
    'dev',
    'example',
    'sample',
    'default',
    'changeme',
    'change-me',
  ],
  ...['changeit', 'changethis', 'password', 'passwd', 'Password1', 'admin', 'admin123', 'root', '123456', '12345678'],
  ...['123456789', '1234567890', '000000', '111111', '666666', '888888', 'abc123', 'abcdefg', 'qwerty', 'hello'],
  ...[
    'helloworld',
    'shhhhh',
    'keyboard cat',
    'abcdefghijklmnopqrstuvwxyz',
    '0123456789abcdef',
    'nacos',
    'ruoyi',
    'jeecg',
  ],
  ...[
    'spring',
    'springboot',
    'shiro',
    'qmPlus',
    'SecretKey012345678901234567890123456789012345678901234567890123456789',
  ],
];

/** Some libraries take the text of a key for base64. */
const keys: readonly KeyObject[] = [
  ...words.map((word) => createSecretKey(Buffer.from(word))),
  ...words
    .filter((word) => /^[A-Za-z0-9+/]{4,}$/.test(word))
    .map((word) => createSecretKey(Buffer.from(word, 'base64'))),
];

const hashes: Readonly<Record<string, string>> = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' };
/** What credentials are remembered by (credential.ts): a longer one would be tried at each call that carries it. */
const longest = 2048;
/** First characters of the signatures that are tried: four of the 64. */
const chosen = 'AQgw';
const atFirst = 64;

export class KeyGuesses {
  #seen = 0;
  #tried = 0;

  /** `token`: one that was not met before; `alg` as its header has it. */
  isGuessed(token: string, alg: string): boolean {
    const hash = Object.hasOwn(hashes, alg) ? hashes[alg]! : '';
    const end = token.lastIndexOf('.');
    if (hash === '' || token.length > longest || end === token.length - 1) return false;
    this.#seen++;
    if (!chosen.includes(token[end + 1]!) || this.#tried > atFirst + this.#seen / 8) return false;
    this.#tried++;
    const content = token.slice(0, end);
    const signature = token.slice(end + 1);
    return keys.some((key) => createHmac(hash, key).update(content).digest('base64url') === signature);
  }
}
