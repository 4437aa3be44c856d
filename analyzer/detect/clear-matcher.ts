/** The half of the rules that looks at text as sent: it runs inside `read` and gives names of parts, never text. */
import type { RuleSet } from './compile.ts';
import type { ClearExchange } from './event.ts';
import { Matcher } from './matcher.ts';

/** Parts a call carries; what hits beyond is left out. */
const mostParts = 64;
const none: readonly string[] = [];

export class ClearMatcher {
  /** Exchanges with more parts than a call carries. */
  partsCut = 0;
  readonly #names: readonly string[];
  readonly #matcher: Matcher;
  readonly #found: number[] = [];

  constructor({ parts }: Pick<RuleSet, 'parts'>) {
    this.#names = parts.map((part) => part.name);
    this.#matcher = new Matcher(
      'clear',
      parts.map((part) => part.expression),
    );
  }

  /** For `CallEvent.parts`: names in the order of the rules. */
  match(exchange: ClearExchange): readonly string[] {
    const found = this.#matcher.match(exchange, this.#found);
    if (found.length === 0) return none;
    if (found.length > mostParts) this.partsCut++;
    return found.slice(0, mostParts).map((number) => this.#names[number]);
  }
}
