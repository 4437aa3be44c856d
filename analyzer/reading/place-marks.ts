/** What the name of a response's place says, asked once a place: who wants to know of its values. */
import type { ResponseRoles } from '../identify/caller.ts';
import type { LeafNode } from '../leaf.ts';
import { namesAnObject } from './object-names.ts';

/** Bits of a mark. */
export const hasRole = 1;
export const isObject = 2;

/** Marks of the places of one tree, kept on the places themselves. */
export class PlaceMarks {
  constructor(private readonly roles: ResponseRoles) {}

  of(node: LeafNode): number {
    return node.mark ?? this.#tell(node);
  }

  #tell(node: LeafNode): number {
    const role = this.roles.of(node) === 'none' ? 0 : hasRole;
    const object = node.place === 'body' && namesAnObject(node.name) ? isObject : 0;
    node.mark = role | object;
    return role | object;
  }
}
