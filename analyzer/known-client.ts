/** What operators know a client to be: a program that does on purpose what would otherwise be told of. */
export const clientKinds = ['monitor', 'scanner', 'crawler', 'job'] as const;
export type ClientKind = (typeof clientKinds)[number];
