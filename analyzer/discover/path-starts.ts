/** Words that paths of interfaces begin with, and that name no thing. */
const starts = new Set(['api', 'apis', 'rest', 'open', 'openapi', 'gateway', 'service', 'services', 'ws']);

/** `word` is in small letters. */
export function isPathStart(word: string): boolean {
  return starts.has(word);
}
