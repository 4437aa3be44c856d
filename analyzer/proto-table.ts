/**
 * What descriptions of Protocol Buffers (.proto) say, as plain data that crosses threads: deploy/ makes it from an
 * operator's files, `read` names the fields of gRPC messages by it. Bounded by who makes it (deploy/content/protos).
 */

export const protoScalars = [
  ...(['int32', 'int64', 'uint32', 'uint64', 'sint32', 'sint64', 'bool', 'string', 'bytes'] as const),
  ...(['fixed32', 'fixed64', 'sfixed32', 'sfixed64', 'float', 'double'] as const),
] as const;

export type ProtoKind = (typeof protoScalars)[number] | 'enum' | 'message';

export interface ProtoField {
  readonly number: number;
  /** As in the file: `phone_number`. */
  readonly name: string;
  readonly kind: ProtoKind;
  readonly repeated: boolean;
  /** It is a map, and its message an entry of it: key 1, value 2. */
  readonly map: boolean;
  /** Of a message or an enum its index in the table; -1 for others. */
  readonly type: number;
}

export interface ProtoTable {
  /** `name` with its package: `shop.v1.User`. Fields by number. */
  readonly messages: readonly { readonly name: string; readonly fields: readonly ProtoField[] }[];
  /** Number and name of each value; of several names of one number the first. */
  readonly enums: readonly { readonly name: string; readonly values: readonly (readonly [number, string])[] }[];
  /** `name`: `shop.v1.Users/Get`; indexes of messages. */
  readonly methods: readonly { readonly name: string; readonly request: number; readonly response: number }[];
}
