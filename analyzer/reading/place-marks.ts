/** What the name of a response's place says, asked once a place: who wants to know of its values. */
import { claimsSecrecy } from '../detect/structure/structure.ts';
import type { ResponseRoles } from '../identify/caller.ts';
import { wordsOf } from '../identify/name-words.ts';
import type { LeafNode } from '../leaf.ts';
import { namesAnObject } from './object-names.ts';

/** Bits of a mark. */
export const hasRole = 1;
export const isObject = 2;
export const tellsErrors = 4;
export const describes = 8;
export const isSchema = 16;
export const isCipher = 32;

const errorNames =
  /^(?:.*(?:error|err|exception|trace|stack|cause|detail|debug|message|msg|reason)(?:[_-]?(?:info|msg|message|desc|text|detail|stack|trace))?s?)$/i;

/** Marks of the places of one tree, kept on the places themselves. */
export class PlaceMarks {
  constructor(private readonly roles: ResponseRoles) {}

  of(node: LeafNode): number {
    return node.mark ?? this.#tell(node);
  }

  #tell(node: LeafNode): number {
    const role = this.roles.of(node) === 'none' ? 0 : hasRole;
    const object = node.place === 'body' && namesAnObject(node.name) ? isObject : 0;
    const mark = role | object | (node.place === 'body' ? textMark(node) : 0);
    node.mark = mark;
    return mark;
  }
}

/** Where programs write what went wrong, and what descriptions of APIs begin with. */
function textMark({ name, path }: LeafNode): number {
  if (name === 'openapi' || name === 'swagger') return describes;
  if (path.includes('__schema')) return isSchema;
  const secret = name.length <= 32 && claimsSecrecy(wordsOf(name).join('')) ? isCipher : 0;
  return secret | (errorNames.test(name) ? tellsErrors : 0);
}
