/**
 * A person's word that a field holds no such data. It wins over values, names and columns for as long as it stands:
 * what was found there is left out of the call before anything else looks at it.
 */
import type { Direction } from '../classify/columns.ts';

export interface FieldMark {
  readonly api: string;
  /** Empty for both. */
  readonly direction: Direction | '';
  /** `body.data[].code`; the part of the message may be left out. `*` stands for any run of characters. */
  readonly field: string;
  /** Empty for every label. */
  readonly label: string;
}

interface Rule {
  readonly direction: Direction | '';
  readonly label: string;
  readonly fits: (place: string, path: string) => boolean;
}

export class FieldMarks {
  readonly #byApi = new Map<string, Rule[]>();

  constructor(marks: readonly FieldMark[]) {
    for (const { api, direction, field, label } of marks) {
      const rules = this.#byApi.get(api) ?? [];
      this.#byApi.set(api, rules);
      rules.push({ direction, label, fits: fieldMatcher(field) });
    }
  }

  /** Undefined for an API of which nobody said anything: nearly all. */
  of(api: string): MarksOfApi | undefined {
    const rules = this.#byApi.get(api);
    return rules === undefined ? undefined : { refuses: (...what) => rules.some((rule) => speaks(rule, ...what)) };
  }
}

export interface MarksOfApi {
  refuses(direction: Direction, place: string, path: string, label: string): boolean;
}

function speaks(rule: Rule, direction: Direction, place: string, path: string, label: string): boolean {
  if (rule.direction !== '' && rule.direction !== direction) return false;
  return (rule.label === '' || rule.label === label) && rule.fits(place, path);
}

/** Whether a place fits what a person wrote; what is told in the texts of a field belongs to the field. */
export function fieldMatcher(field: string): (place: string, path: string) => boolean {
  const parts = field.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(`^${parts.join('.*')}(?:\\.?\\{text\\})?$`, 's');
  return (place, path) => pattern.test(path) || pattern.test(path === '' ? place : `${place}.${path}`);
}
