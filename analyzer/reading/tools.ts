/** What all exchanges of a shard are read with: made once from plain data, since a shard is a thread. */
import { Classifier } from '../classify/classifier.ts';
import type { RecognizerSet } from '../classify/recognizer.ts';
import { ClearMatcher } from '../detect/clear-matcher.ts';
import { compileRules } from '../detect/compile.ts';
import type { Node } from '../detect/source.ts';
import { CallerReader } from '../identify/caller.ts';
import { CidrSet } from '../identify/cidr.ts';
import { DigestTable } from '../identify/digest-table.ts';
import { FieldRoles } from '../identify/field-role.ts';
import { KeyedHash } from '../keyed-hash.ts';
import type { LeafNode } from '../leaf.ts';
import { LeafTree } from '../leaves/tree.ts';
import { AppOffsets } from './asked.ts';
import { ReadCounts } from './counts.ts';
import { namesAnObject } from './object-names.ts';
import type { RequestTree } from './request-side.ts';
import type { ResponseTree } from './response-side.ts';
import { TreePool } from './trees.ts';

/** Plain data: it crosses threads. */
export interface ReadOptions {
  /** Keys of 16 octets, as `deriveKey` makes them. */
  readonly keys: { readonly identity: Uint8Array; readonly trace: Uint8Array };
  readonly recognizers: RecognizerSet;
  /** Documents of the rules; those with mistakes are left out here as in judge. */
  readonly rules: readonly Node[];
  /** CIDR blocks of the proxies whose word on the client counts. */
  readonly trustedProxies: readonly string[];
  /** Header fields, and body or query fields, that name the account on every call. */
  readonly accountHeaders: readonly string[];
  readonly accountFields: readonly string[];
}

export class ReadTools {
  readonly counts = new ReadCounts();
  readonly classifier: Classifier;
  readonly identity: KeyedHash;
  readonly trace: KeyedHash;
  readonly trusted: CidrSet;
  readonly callers: CallerReader;
  readonly offsets: AppOffsets;
  readonly requestTrees: TreePool<RequestTree>;
  readonly responseTrees: TreePool<ResponseTree>;
  /** A place as it may be shown. */
  readonly shown = (node: LeafNode): string => this.classifier.plan(node).full;
  /** Null when no rule looks at text as sent. */
  readonly matcher: ClearMatcher | null;

  constructor(options: ReadOptions) {
    const { keys, recognizers, rules, trustedProxies, accountHeaders, accountFields } = options;
    this.classifier = new Classifier(recognizers);
    this.identity = new KeyedHash(keys.identity);
    this.trace = new KeyedHash(keys.trace);
    this.trusted = new CidrSet(trustedProxies);
    this.offsets = new AppOffsets(this.identity);
    const weakWords = new Set(recognizers.reference.weakPasswords.map((word) => word.toLowerCase()));
    this.callers = new CallerReader({
      hash: (text) => this.identity.hexOfText(text),
      trustedProxies: this.trusted,
      accountHeaders,
      accountFields,
      weakWords,
      digests: new DigestTable(recognizers.reference.weakPasswords),
    });
    this.requestTrees = new TreePool(() => ({ tree: new LeafTree(), roles: this.callers.requestRoles() }));
    this.responseTrees = new TreePool(() => ({
      tree: new LeafTree(),
      roles: this.callers.responseRoles(),
      objects: new FieldRoles((node) => (node.place === 'body' && namesAnObject(node.name) ? 'yes' : 'no')),
    }));
    const { parts } = compileRules(rules);
    this.matcher = parts.length === 0 ? null : new ClearMatcher({ parts });
  }
}
