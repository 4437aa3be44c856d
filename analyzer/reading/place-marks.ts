/** What the name of a response's place says, asked once a place: who wants to know of its values. */
import type { ResponseRoles } from '../identify/caller.ts';
import type { LeafNode } from '../leaf.ts';
import { namesAnObject } from './object-names.ts';

/** Bits of a mark. */
export const hasRole = 1;
export const isObject = 2;

/** The marks of one tree's places, by the node's number. Bounded by the tree. */
export class PlaceMarks {
  readonly #marks: number[] = [];

  constructor(private readonly roles: ResponseRoles) {}

  of(node: LeafNode): number {
    return this.#marks[node.id] ?? this.#tell(node);
  }

  #tell(node: LeafNode): number {
    const role = this.roles.of(node) === 'none' ? 0 : hasRole;
    const object = node.place === 'body' && namesAnObject(node.name) ? isObject : 0;
    this.#marks[node.id] = role | object;
    return role | object;
  }
}
