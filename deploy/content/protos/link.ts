/**
 * Declarations of all files as one table: each name is looked up as the language says (from the scope outwards). What names
 * nothing is told, and its field stays known by number alone; what is declared twice counts as it was first.
 */
import { type ProtoField, type ProtoTable, protoScalars } from '../../../analyzer/analyzer.ts';
import type { ContentProblem } from '../documents.ts';
import type { Declarations, DeclaredEnum, DeclaredExtension, DeclaredField, DeclaredMessage } from './declarations.ts';

/** Messages, fields, values of enums and methods in force; what is beyond is told and left out. */
const MOST_MESSAGES = 20_000;
const MOST_FIELDS = 200_000;
const MOST_VALUES = 100_000;
const MOST_METHODS = 20_000;
/** Unknown names told, a file. */
const MOST_TOLD = 10;

export interface Linked {
  readonly table: ProtoTable;
  readonly problems: readonly ContentProblem[];
}

type Declared = DeclaredMessage | DeclaredEnum['values'];

interface Owned<T> {
  readonly of: Declarations;
  readonly is: T;
}

export function link(files: readonly Declarations[]): Linked {
  const linker = new Linker(files);
  return linker.link();
}

class Linker {
  readonly #problems: ContentProblem[] = [];
  readonly #told = new Map<Declarations, number>();
  readonly #messages = new Map<string, Owned<DeclaredMessage>>();
  readonly #enums = new Map<string, Owned<DeclaredEnum['values']>>();
  readonly #indexes = new Map<string, number>();
  readonly #enumIndexes = new Map<string, number>();
  readonly #extensions = new Map<string, Owned<DeclaredExtension>[]>();
  readonly #table: ProtoTable['messages'][number][] = [];
  #fields = 0;

  constructor(private readonly files: readonly Declarations[]) {}

  link(): Linked {
    this.#collect();
    for (const name of [...this.#messages.keys()].sort()) this.#indexes.set(name, this.#indexes.size);
    for (const name of [...this.#enums.keys()].sort()) this.#enumIndexes.set(name, this.#enumIndexes.size);
    this.#extend();
    for (const name of this.#indexes.keys()) {
      const { of, is } = this.#messages.get(name)!;
      const own = is.fields.map((field) => this.#field(field, name, of));
      const added = (this.#extensions.get(name) ?? []).map(({ of: by, is: { field, scope } }) =>
        this.#field(field, scope, by),
      );
      this.#table[this.#indexes.get(name)!] = { name, fields: byNumber([...own, ...added]) };
    }
    // Entries of maps are messages behind the declared ones.
    const enums = [...this.#enumIndexes.keys()].map((name) => ({ name, values: this.#enums.get(name)!.is }));
    return { table: { messages: this.#table, enums, methods: this.#methods() }, problems: this.#problems };
  }

  #collect(): void {
    let values = 0;
    for (const file of this.files) {
      for (const message of file.messages) {
        const known = this.#messages.get(message.name) ?? this.#enums.get(message.name);
        if (known !== undefined) this.#twice(message.name, file, known, message);
        else if (this.#messages.size >= MOST_MESSAGES) this.#beyond(file, `more than ${MOST_MESSAGES} messages`);
        else this.#messages.set(message.name, { of: file, is: message });
      }
      for (const { name, values: named } of file.enums) {
        const known = this.#enums.get(name) ?? this.#messages.get(name);
        if (known !== undefined) this.#twice(name, file, known, named);
        else if ((values += named.length) > MOST_VALUES) this.#beyond(file, `more than ${MOST_VALUES} values of enums`);
        else this.#enums.set(name, { of: file, is: named });
      }
    }
  }

  /** Copies of one file are common, and no mistake. */
  #twice(name: string, file: Declarations, known: Owned<Declared>, now: Declared): void {
    if (digestOf(known.is) === digestOf(now)) return;
    this.#tell(
      file,
      file.lineOf(name),
      `${name} is declared otherwise in ${known.of.file}`,
      'keep one of the two; that one counts',
    );
  }

  #extend(): void {
    for (const file of this.files) {
      for (const extension of file.extensions) {
        const extendee = this.#lookUp(extension.extendee, extension.scope);
        if (extendee === undefined || !this.#messages.has(extendee)) continue;
        const known = this.#extensions.get(extendee);
        const owned = { of: file, is: extension };
        if (known === undefined) this.#extensions.set(extendee, [owned]);
        else known.push(owned);
      }
    }
  }

  /** Null when its type is nowhere. */
  #field(field: DeclaredField, scope: string, file: Declarations): ProtoField | null {
    const { number, name, repeated, keyType } = field;
    if (++this.#fields > MOST_FIELDS) {
      this.#beyond(file, `more than ${MOST_FIELDS} fields`);
      return null;
    }
    const type = this.#typeOf(field.type, scope, file);
    if (type === null) return null;
    if (keyType === null) return { number, name, ...type, repeated, map: false };
    const key = this.#typeOf(keyType, scope, file);
    if (key === null) return null;
    const entry = this.#indexes.size + this.#entries++;
    const part = { repeated: false, map: false };
    this.#table[entry] = {
      name: `${scope}.${name}{entry}`,
      fields: [
        { number: 1, name: 'key', ...key, ...part },
        { number: 2, name: 'value', ...type, ...part },
      ],
    };
    return { number, name, kind: 'message', type: entry, repeated: false, map: true };
  }

  #entries = 0;

  #typeOf(type: string, scope: string, file: Declarations): Pick<ProtoField, 'kind' | 'type'> | null {
    const scalar = protoScalars.find((each) => each === type);
    if (scalar !== undefined) return { kind: scalar, type: -1 };
    const found = this.#lookUp(type, scope);
    const message = found === undefined ? undefined : this.#indexes.get(found);
    if (message !== undefined) return { kind: 'message', type: message };
    const named = found === undefined ? undefined : this.#enumIndexes.get(found);
    if (named !== undefined) return { kind: 'enum', type: named };
    this.#unknown(type, file);
    return null;
  }

  #lookUp(name: string, scope: string): string | undefined {
    if (name.startsWith('.')) return this.#knows(name.slice(1)) ? name.slice(1) : undefined;
    for (let at = scope; ; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
      const full = at === '' ? name : `${at}.${name}`;
      if (this.#knows(full)) return full;
      if (at === '') return undefined;
    }
  }

  #knows(name: string): boolean {
    return this.#messages.has(name) || this.#enums.has(name);
  }

  #methods(): ProtoTable['methods'][number][] {
    const methods = new Map<string, ProtoTable['methods'][number]>();
    for (const file of this.files) {
      for (const { service, name, request, response } of file.methods) {
        const full = `${service}/${name}`;
        const [asked, given] = [request, response].map((type) => {
          const found = this.#lookUp(type, service);
          const index = found === undefined ? undefined : this.#indexes.get(found);
          if (index === undefined) this.#unknown(type, file);
          return index;
        });
        if (asked === undefined || given === undefined || methods.has(full)) continue;
        if (methods.size >= MOST_METHODS) this.#beyond(file, `more than ${MOST_METHODS} methods`);
        else methods.set(full, { name: full, request: asked, response: given });
      }
    }
    return [...methods.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #unknown(type: string, file: Declarations): void {
    this.#tell(
      file,
      file.lineOf(type),
      `there is no message or enum ${type}`,
      'add the file that declares it to the folder',
    );
  }

  #beyond(file: Declarations, what: string): void {
    if (this.#problems.some((problem) => problem.what === what)) return;
    this.#problems.push({ place: { file: file.file, line: 1, column: 1 }, what, advice: 'the rest is not in force' });
  }

  #tell(file: Declarations, line: number, what: string, advice: string): void {
    if (this.#problems.some(({ place, what: told }) => place.file === file.file && told === what)) return;
    const told = this.#told.get(file) ?? 0;
    this.#told.set(file, told + 1);
    if (told < MOST_TOLD) this.#problems.push({ place: { file: file.file, line, column: 1 }, what, advice });
  }
}

/** What is declared, in whatever order, and however its types are named: whole, or from where they stand. */
function digestOf(declared: Declared): string {
  const parts =
    'fields' in declared
      ? declared.fields.map(({ type, ...field }) => ({ ...field, type: type.slice(type.lastIndexOf('.') + 1) }))
      : declared;
  return parts
    .map((part) => JSON.stringify(part, Object.keys(part).sort()))
    .sort()
    .join();
}

/** Of two fields of one number the first. */
function byNumber(fields: readonly (ProtoField | null)[]): ProtoField[] {
  const byNumber = new Map<number, ProtoField>();
  for (const field of fields) if (field !== null && !byNumber.has(field.number)) byNumber.set(field.number, field);
  return [...byNumber.values()].sort((a, b) => a.number - b.number);
}
