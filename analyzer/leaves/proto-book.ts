/** Descriptions of messages as a thread uses them: fields by number, methods by the path they are called at. */
import type { ProtoField, ProtoTable } from '../proto-table.ts';
import { contentTypeOf } from './content-type.ts';
import { type DescribedField, DescribedMessage } from './described-message.ts';
import { parameterOf } from './multipart.ts';

export class ProtoBook {
  readonly #messages = new Map<string, DescribedMessage>();
  readonly #requests = new Map<string, DescribedMessage>();
  readonly #responses = new Map<string, DescribedMessage>();

  constructor(table: ProtoTable) {
    const messages = table.messages.map(({ name }) => new DescribedMessage(name, this.#messages));
    const names = table.enums.map(
      ({ values }) => new Map(values.map(([number, name]) => [number, Buffer.from(name)] as const)),
    );
    const described = ({ number, name, kind, repeated, map, type }: ProtoField): DescribedField => ({
      ...{ number, kind, repeated, map, key: Buffer.from(name) },
      message: kind === 'message' ? messages[type]! : null,
      names: kind === 'enum' ? names[type]! : null,
    });
    for (const [index, { fields }] of table.messages.entries()) {
      const message = messages[index]!;
      this.#messages.set(message.name, message);
      for (const field of fields) message.add(described(field));
    }
    for (const { name, request, response } of table.methods) {
      this.#requests.set(name, messages[request]!);
      this.#responses.set(name, messages[response]!);
    }
  }

  message(name: string): DescribedMessage | null {
    return this.#messages.get(name) ?? null;
  }

  /**
   * What the content of one side is, by the method its path ends with, or by its media type's own word
   * (`messageType=shop.v1.User`); null when nothing says it, or the content is of another kind.
   */
  of(target: string, contentType: string, side: 'request' | 'response'): DescribedMessage | null {
    const { format } = contentTypeOf(contentType);
    if (format !== 'grpc' && format !== 'grpc-text' && format !== 'protobuf') return null;
    const method = (side === 'request' ? this.#requests : this.#responses).get(methodOf(target));
    if (method !== undefined || format !== 'protobuf') return method ?? null;
    const named = parameterOf(contentType, 'messagetype') ?? parameterOf(contentType, 'proto');
    return named === undefined ? null : this.message(named);
  }
}

/** The last two segments: `/shop.v1.Users/Get`; what stands before them is a proxy's. */
function methodOf(target: string): string {
  const question = target.indexOf('?');
  const end = question < 0 ? target.length : question;
  const slash = target.lastIndexOf('/', end - 1);
  if (slash <= 0) return '';
  return target.slice(target.lastIndexOf('/', slash - 1) + 1, end);
}
