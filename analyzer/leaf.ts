/**
 * A message as leaves: (where, name, value). The parsers of `leaves/` walk content as it streams and hand each leaf
 * over in place; whoever looks at leaves (`classify/`, `identify/`, `observe/`) keeps what it knows of a place on the
 * place's own node, so that a name is looked at once and not once a value.
 */

/** Which part of a message a leaf lies in. */
export type LeafPlace = 'path' | 'query' | 'header' | 'cookie' | 'body';

/** A place that values come from: all items of an array share one. Interned for the life of its tree; bounded. */
export interface LeafNode {
  readonly place: LeafPlace;
  /**
   * `data.rows[].mobile`; keys as sent, array items `[]`. Keys that look like somebody's number or mailbox, or that are
   * too many, share `*`, and are themselves values of `{key}` beside it. Of a file `{filename}` and `{kind}` are
   * values. `**` stands for all places met after the tree was full.
   */
  readonly path: string;
  /** The last key in `path`, without `[]`; empty for a bare value, `*`, `{key}` and `**`. */
  readonly name: string;
  /** Small, dense number within its tree: index into the consumer's own arrays. */
  readonly id: number;
  /** What the one who takes the tree's leaves found out about the place; undefined until then. */
  mark?: number | undefined;
}

/** `text` was quoted or is raw; `number` and `literal` (true, false, null) are JSON's. */
export type LeafKind = 'text' | 'number' | 'literal';

/** Takes leaves as they are met. */
export interface LeafSink {
  /**
   * The value is `bytes[start, end)` in UTF-8, valid during the call only; escapes are already undone. Values longer
   * than the parser's limit come in one piece that is cut there (`cut`).
   */
  leaf(node: LeafNode, kind: LeafKind, bytes: Uint8Array, start: number, end: number, cut: boolean): void;
  /**
   * A row begins: an object in an array, a record of CSV, a line of JSON lines, an element of XML that holds others.
   * `node` is the place all such rows share (`data.rows[]`). Leaves up to its end belong to one another. Rows lie inside
   * rows; each begun is ended, whatever happens.
   */
  rowBegin(node: LeafNode): void;
  rowEnd(node: LeafNode): void;
  /** An array or object without anything in it: there is no leaf, but there is the place. */
  empty?(node: LeafNode, isArray: boolean): void;
}

/** A parser of one content format under way. Nothing on the wire makes it throw; it stops at what it can't read. */
export interface LeafParser {
  write(bytes: Uint8Array, start: number, end: number): void;
  /** The content ended. True when it read to the end as its format says. */
  end(): boolean;
}
