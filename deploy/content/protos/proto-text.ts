/** .proto files (proto2, proto3, editions) as declarations. The only importer of protobufjs, of which the parser alone is used. */
import protobuf from 'protobufjs';
import type {
  Declarations,
  DeclaredEnum,
  DeclaredExtension,
  DeclaredField,
  DeclaredMessage,
  DeclaredMethod,
} from './declarations.ts';

/** What is wrong in the text of a file. */
export class ProtoTextError extends Error {
  constructor(
    readonly fault: string,
    readonly line: number,
  ) {
    super(fault);
  }
}

/** Messages within messages; what lies deeper is refused. */
const MOST_DEEP = 64;

/** Throws ProtoTextError alone. */
export function readProtoText(text: string, file: string): Declarations {
  return declarationsOf(parsed(text), file, (name) => lineOf(text, name));
}

/** Messages that every compiler knows: `google/protobuf/timestamp.proto` and its like. */
export function wellKnown(): Declarations {
  const root = new protobuf.Root();
  for (const name of ['any', 'duration', 'empty', 'struct', 'timestamp', 'wrappers', 'field_mask']) {
    const known = protobuf.common.get(`google/protobuf/${name}.proto`);
    if (known?.nested) root.addJSON(known.nested);
  }
  return declarationsOf(root, 'google/protobuf', () => 1);
}

function parsed(text: string): protobuf.Root {
  try {
    return protobuf.parse(text, new protobuf.Root(), { keepCase: true }).root;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const line = /\(line (\d+)\)$/.exec(message);
    throw new ProtoTextError(message.replace(/ ?\(.*line \d+\)$/, ''), line === null ? 1 : Number(line[1]));
  }
}

function lineOf(text: string, name: string): number {
  const last = name.slice(name.lastIndexOf('.') + 1).replaceAll(/[^\w]/g, '');
  const at = text.search(new RegExp(`(?<![\\w"/])${last}(?![\\w"/])`));
  return at < 0 ? 1 : text.slice(0, at).split('\n').length;
}

function declarationsOf(root: protobuf.Root, file: string, line: Declarations['lineOf']): Declarations {
  const messages: DeclaredMessage[] = [];
  const enums: DeclaredEnum[] = [];
  const methods: DeclaredMethod[] = [];
  const extensions: DeclaredExtension[] = [];
  const visit = (space: protobuf.NamespaceBase, depth: number): void => {
    if (depth > MOST_DEEP) throw new ProtoTextError(`messages lie more than ${MOST_DEEP} deep in one another`, 1);
    for (const each of space.nestedArray) {
      const name = each.fullName.replace(/^\./, '');
      if (each instanceof protobuf.Type) {
        messages.push({
          name,
          fields: each.fieldsArray.filter(({ extend, declaringField }) => !extend && !declaringField).map(fieldOf),
        });
      } else if (each instanceof protobuf.Enum) {
        enums.push({ name, values: valuesOf(each) });
      } else if (each instanceof protobuf.Service) {
        for (const method of each.methodsArray) {
          methods.push({
            service: name,
            name: method.name,
            request: method.requestType,
            response: method.responseType,
          });
        }
      } else if (each instanceof protobuf.Field && each.extend !== undefined) {
        extensions.push({ extendee: each.extend, scope: space.fullName.replace(/^\./, ''), field: fieldOf(each) });
      }
      if (each instanceof protobuf.Namespace) visit(each, depth + 1);
    }
  };
  visit(root, 0);
  return { file, messages, enums, methods, extensions, lineOf: line };
}

function fieldOf(field: protobuf.FieldBase | protobuf.MapField): DeclaredField {
  return {
    number: field.id,
    name: field.name,
    type: field.type,
    keyType: field instanceof protobuf.MapField ? field.keyType : null,
    repeated: field.repeated,
  };
}

function valuesOf({ values }: protobuf.Enum): [number, string][] {
  const first = new Map<number, string>();
  for (const [name, number] of Object.entries(values)) if (!first.has(number)) first.set(number, name);
  return [...first].sort(([a], [b]) => a - b);
}
