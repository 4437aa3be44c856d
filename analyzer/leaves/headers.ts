/**
 * Header fields as leaves: all but those that speak of the transfer, which hold nothing of anybody. Fields of the
 * application's own are what is wanted, and one cannot list them beforehand.
 */
import { cookieLeaves, setCookieLeaves } from './cookies.ts';
import { FormParser } from './form.ts';
import type { HeadKey, HeadMemory } from './head-values.ts';
import { parseLatin1, plainLeaf } from './latin1.ts';
import type { LeafOutput } from './output.ts';
import type { TreeNode } from './tree.ts';

/** Fields that are no leaves (RFC 9110, RFC 9111, Fetch, CORS and client hints). */
const ofTransfer = new Set(
  `accept accept-charset accept-encoding accept-language accept-ranges age allow alt-svc cache-control connection
  content-disposition content-encoding content-language content-length content-location content-range
  content-security-policy content-type date dnt etag expect expires host http2-settings if-match if-modified-since
  if-none-match if-range if-unmodified-since keep-alive last-modified link max-forwards mime-version origin p3p pragma
  priority proxy-connection range referrer-policy retry-after save-data server server-timing strict-transport-security
  te timing-allow-origin trailer transfer-encoding upgrade upgrade-insecure-requests user-agent vary via warning
  x-content-type-options x-download-options x-dns-prefetch-control x-frame-options x-permitted-cross-domain-policies
  x-powered-by x-requested-with x-runtime x-xss-protection`.split(/\s+/),
);

const encoder = new TextEncoder();
const values = { separator: -1, plusIsSpace: false, valueOnly: true };

/** Spelling as sent → the name, or null for no leaf. At most 1,000 spellings a thread; more are worked out anew. */
const known = new Map<string, HeadKey | null>();
const maxKnown = 1_000;

/** Fields as a flat list: name, value, name, value … as sent, Latin-1. */
export function headerLeaves<Found>(
  output: LeafOutput,
  headers: readonly string[],
  memory: HeadMemory<Found> | null = null,
): void {
  let root: TreeNode | null = null;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const key = leafKey(headers[i]);
    if (key === null) continue;
    const value = headers[i + 1];
    if (key.name === 'cookie') cookieLeaves(output, value, memory);
    else if (key.name === 'set-cookie') setCookieLeaves(output, value, memory);
    else {
      root ??= output.tree.root('header');
      if (memory?.values.field(output, memory.reader, root, key, value)) continue;
      const node = output.tree.child(root, key.bytes, 0, key.bytes.length);
      if (!plainLeaf(output, node, value)) parseLatin1(new FormParser(output, node, values), value);
    }
  }
}

function leafKey(sent: string): HeadKey | null {
  const before = known.get(sent);
  if (before !== undefined) return before;
  const name = sent.trim().toLowerCase();
  const isLeaf = !ofTransfer.has(name) && !/^(sec-|access-control-|:)/.test(name) && name !== '';
  const result = isLeaf ? { name, bytes: encoder.encode(name) } : null;
  // A copy of its own: a name cut out of a head would keep the whole head in memory.
  if (known.size < maxKnown) known.set(Buffer.from(sent, 'latin1').toString('latin1'), result);
  return result;
}
