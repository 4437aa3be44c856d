/** What all exchanges of a shard are read with: made once from plain data, since a shard is a thread. */
import { Classifier } from '../classify/classifier.ts';
import type { Finds } from '../classify/finds.ts';
import type { RecognizerSet } from '../classify/recognizer.ts';
import { ClearMatcher } from '../detect/clear-matcher.ts';
import { compileRules } from '../detect/compile.ts';
import type { Node } from '../detect/source.ts';
import { isCommonWord } from '../discover/lexicon.ts';
import { ShapeBook } from '../discover/shape.ts';
import { PathTemplates } from '../discover/template.ts';
import { CallerReader } from '../identify/caller.ts';
import { CidrSet } from '../identify/cidr.ts';
import { DigestTable } from '../identify/digest-table.ts';
import { KeyedHash } from '../keyed-hash.ts';
import type { LeafNode } from '../leaf.ts';
import { HeadValues } from '../leaves/head-values.ts';
import { ProtoBook } from '../leaves/proto-book.ts';
import { HeadMask } from '../mask.ts';
import type { ProtoTable } from '../proto-table.ts';
import { RepeatCache } from '../repeat-cache.ts';
import { ApiNames } from './api-names.ts';
import { AppOffsets } from './asked.ts';
import { ReadCounts } from './counts.ts';
import { type HeadFinds, RequestSide } from './request-side.ts';
import { ResponseSide } from './response-side.ts';
import { SidePool } from './side-pool.ts';
import type { SideTools } from './side-tools.ts';

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
  /** Descriptions of messages of gRPC; none when absent. */
  readonly protos?: ProtoTable;
  /** What each call says of it; 1 when absent. */
  readonly sampling?: number;
}

export class ReadTools implements SideTools {
  readonly counts = new ReadCounts();
  readonly classifier: Classifier;
  readonly identity: KeyedHash;
  readonly trace: KeyedHash;
  readonly trusted: CidrSet;
  readonly callers: CallerReader;
  readonly offsets: AppOffsets;
  readonly requestHeads = new HeadValues<HeadFinds>();
  readonly responseHeads = new HeadValues<Finds>();
  readonly requests: SidePool<RequestSide>;
  readonly responses: SidePool<ResponseSide>;
  readonly apis = new ApiNames();
  /** Of segments of paths and names in queries: few different ones are words, and are asked for again and again. */
  readonly #clear = new RepeatCache<boolean>(4096, 256);
  readonly #judge = (text: string): boolean => !isCommonWord(text) && this.classifier.isClearText(text);
  readonly #isClear = (text: string): boolean => this.#clear.get(text) ?? this.#clear.make(text, this.#judge);
  readonly templates = new PathTemplates(this.#isClear);
  readonly mask = new HeadMask(this.templates, this.#isClear);
  /** A place as it may be shown. */
  readonly shown = (node: LeafNode): string => this.classifier.plan(node).full;
  readonly shownPath = (node: LeafNode): string => {
    const { path } = this.classifier.plan(node);
    return node.place === 'query' ? `?${path}` : path;
  };
  readonly shapes = new ShapeBook();
  readonly sampling: number;
  /** Null when no rule looks at text as sent. */
  readonly matcher: ClearMatcher | null;
  /** Null when no message is described. */
  readonly protos: ProtoBook | null;

  constructor(options: ReadOptions) {
    const { keys, recognizers, rules, trustedProxies, accountHeaders, accountFields, protos } = options;
    this.protos = protos === undefined ? null : new ProtoBook(protos);
    this.classifier = new Classifier(recognizers);
    this.sampling = options.sampling ?? 1;
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
    this.requests = new SidePool(() => new RequestSide(this));
    this.responses = new SidePool(() => new ResponseSide(this));
    const { parts } = compileRules(rules);
    this.matcher = parts.length === 0 ? null : new ClearMatcher({ parts });
  }
}
