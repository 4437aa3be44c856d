/** A JSON or YAML document of another system as plain values; what content files refuse (anchors, tags) is refused here too. */
import type { Node } from '../config/document.ts';
import { type ContentProblem, parseContent } from './documents.ts';

export type PlainDocument = { readonly value: unknown } | { readonly problem: ContentProblem };

export function readDocument(text: string, file: string): PlainDocument {
  if (/^\s*\{/.test(text)) {
    try {
      return { value: JSON.parse(text) as unknown };
    } catch {
      // YAML in braces, or broken: the other reader says where.
    }
  }
  const { documents, problems } = parseContent(text, file);
  const [problem] = problems;
  if (problem !== undefined) return { problem };
  const [document] = documents;
  if (document !== undefined) return { value: plain(document) };
  const place = { file, line: 1, column: 1 };
  return { problem: { place, what: 'the file is empty', advice: 'name an OpenAPI description' } };
}

function plain(node: Node): unknown {
  if (node.kind === 'list') return node.items.map(plain);
  if (node.kind === 'scalar') return node.value;
  const made: Record<string, unknown> = Object.create(null);
  for (const { key, value } of node.entries) made[key] = plain(value);
  return made;
}
