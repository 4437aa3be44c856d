/** What a file declares of Protocol Buffers, whatever its form: names of types are as written, and not looked up yet. */

export interface DeclaredField {
  readonly number: number;
  readonly name: string;
  /** `string`, `User`, `.shop.v1.User`: from the scope outwards, or with a dot before it from the outermost. */
  readonly type: string;
  /** Type of a map's keys; null for what is no map. */
  readonly keyType: string | null;
  readonly repeated: boolean;
}

export interface DeclaredMessage {
  /** With its package and the messages around it, without a dot before it. */
  readonly name: string;
  readonly fields: readonly DeclaredField[];
}

export interface DeclaredEnum {
  readonly name: string;
  readonly values: readonly (readonly [number, string])[];
}

export interface DeclaredMethod {
  /** `shop.v1.Users`. */
  readonly service: string;
  readonly name: string;
  readonly request: string;
  readonly response: string;
}

/** A field that one declaration adds to the message of another. */
export interface DeclaredExtension {
  readonly extendee: string;
  /** Where names are looked up from. */
  readonly scope: string;
  readonly field: DeclaredField;
}

export interface Declarations {
  /** As told to people. */
  readonly file: string;
  readonly messages: readonly DeclaredMessage[];
  readonly enums: readonly DeclaredEnum[];
  readonly methods: readonly DeclaredMethod[];
  readonly extensions: readonly DeclaredExtension[];
  /** Line of the file on which a type's name stands first; 1 where that can't be said. */
  readonly lineOf: (name: string) => number;
}
