/** What a .proto says of one message, as the walk needs it. */
import type { ProtoKind } from '../proto-table.ts';

export interface DescribedField {
  readonly number: number;
  readonly kind: ProtoKind;
  readonly repeated: boolean;
  readonly map: boolean;
  /** Its name, as the key of its place. */
  readonly key: Uint8Array;
  /** Of a message; null for others. */
  readonly message: DescribedMessage | null;
  /** Of an enum: names by number; null for others. */
  readonly names: ReadonlyMap<number, Uint8Array> | null;
}

export class DescribedMessage {
  /** A value in a message of its own (google.protobuf.StringValue …): what JSON writes without it. */
  readonly isWrapper: boolean;
  /** A message of any type, which it names (google.protobuf.Any). */
  readonly isAny: boolean;
  readonly #fields = new Map<number, DescribedField>();

  constructor(
    readonly name: string,
    /** Every message that is described, by name. */
    readonly others: ReadonlyMap<string, DescribedMessage>,
  ) {
    this.isWrapper = /^google\.protobuf\.(?:Double|Float|U?Int(?:32|64)|Bool|String|Bytes)Value$/.test(name);
    this.isAny = name === 'google.protobuf.Any';
  }

  /** Undefined for a number that is not described. */
  field(number: number): DescribedField | undefined {
    return this.#fields.get(number);
  }

  add(field: DescribedField): void {
    this.#fields.set(field.number, field);
  }
}
