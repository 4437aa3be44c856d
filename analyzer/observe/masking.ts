/**
 * Whether an application masks a kind of data alike wherever it gives it out. An API counts as masking a label from ten
 * masked values on, and as giving it in clear once one answer told of three persons so: a customer who sees his own
 * number, and a clerk who opens one person of a masked list, are no inconsistency. Exports are left out. Value: APIs that mask the label and others, or the same one, that do not, the
 * lesser of both. `numbers`: `masked`, `clear` (APIs), `mixed` (APIs that do both), `together` (answers that held a label
 * masked and in clear for several persons), `forms` (different masks), `restorable` (1: the masks leave no place hidden
 * together).
 *
 * Bounds: 2,000 pairs of application and label, 256 APIs each, 16 forms.
 */
import type { LabelFact } from '../call.ts';
import { type Observation, observationVersion } from '../observation.ts';
import { JoinedNames } from './joined-names.ts';
import type { MeasuredApiCall } from './measured-call.ts';
import { Recent, type RecentSnapshot } from './recent.ts';

export interface LabelledAnswer extends MeasuredApiCall {
  readonly account: string | undefined;
  readonly labels: readonly LabelFact[];
  /** Identity hashes of the persons the answer tells of. */
  readonly personIds: readonly number[];
}

interface Api {
  readonly id: string;
  masked: number;
  /** Answers with clear values of several persons. */
  clear: number;
  maskedUid: string;
  clearUid: string;
  together: number;
}

interface State {
  apis: Api[];
  forms: string[];
  begin: number;
  due: number;
}

export interface MaskingSnapshot {
  readonly labels: RecentSnapshot<State>;
}

const leastMasked = 10;
const leastStrangers = 3;
const mostApis = 256;
const mostForms = 16;
const mostSamples = 8;
/** Of these a mask hides nothing that could be put together, or they are clear by their nature. */
const unmasked = new Set([
  'name',
  'address',
  'birth-date',
  'position',
  'order',
  'balance',
  'ip-address',
  'token',
  'password',
]);

export class Masking {
  readonly #labels = new Recent<State>(2_000);
  readonly #names = new JoinedNames();

  get evicted(): number {
    return this.#labels.evicted;
  }

  /** Observations when more APIs than before take part, or masks came together. */
  take(answer: LabelledAnswer): Observation[] | null {
    let out: Observation[] | null = null;
    const { labels } = answer;
    for (let i = 0; i < labels.length; i++) {
      const fact = labels[i];
      if (unmasked.has(fact.label)) continue;
      const told = this.#note(answer, fact);
      if (told !== undefined) (out ??= []).push(told);
    }
    return out;
  }

  #note(answer: LabelledAnswer, { label, count, masked, sample }: LabelFact): Observation | undefined {
    const state = this.#labels.touch(this.#names.of(answer.app, label), newState);
    let api = state.apis.find(({ id }) => id === answer.apiId);
    if (api === undefined) {
      if (state.apis.length >= mostApis) return undefined;
      api = newApi(answer.apiId);
      state.apis.push(api);
      if (state.begin === 0) state.begin = answer.time;
    }
    const wasMasked = api.masked >= leastMasked;
    const wasClear = api.clear > 0;
    const forms = state.forms.length;
    if (masked > 0) {
      if (!wasMasked) api.maskedUid = answer.uid;
      api.masked += masked;
      if (masked === count && forms < mostForms && !state.forms.includes(sample)) state.forms.push(sample);
    }
    if (count > masked) this.#noteClear(api, answer, count - masked, masked);
    // What is told of hangs on these three alone: nearly every answer leaves them as they were.
    if (wasMasked === api.masked >= leastMasked && wasClear === api.clear > 0 && forms === state.forms.length) {
      return undefined;
    }
    const maskedApis = state.apis.filter((each) => each.masked >= leastMasked);
    const clearApis = state.apis.filter((each) => each.clear > 0);
    const mixed = maskedApis.filter((each) => each.clear > 0);
    const restorable = isRestorable(state.forms) ? 1 : 0;
    const value = Math.min(maskedApis.length, clearApis.length);
    const grown = value + mixed.length + restorable;
    if (grown <= state.due) return undefined;
    state.due = grown;
    const samples = [...maskedApis.map(({ maskedUid }) => maskedUid), ...clearApis.map(({ clearUid }) => clearUid)];
    return {
      v: observationVersion,
      measure: 'masking',
      subject: { kind: 'app', id: answer.app },
      app: answer.app,
      parameter: label,
      begin: state.begin,
      end: answer.time,
      window: 0,
      value,
      numbers: {
        ...{ masked: maskedApis.length, clear: clearApis.length, mixed: mixed.length, forms: state.forms.length },
        ...{ together: Math.max(0, ...state.apis.map(({ together }) => together)), restorable },
      },
      samples: [...new Set([...samples.slice(0, mostSamples), ...samples.slice(-mostSamples)])].filter(
        (uid) => uid !== '',
      ),
      clients: [answer.client],
      accounts: answer.account === undefined ? [] : [answer.account],
      completeness: answer.completeness,
    };
  }

  #noteClear(api: Api, { personIds, uid }: LabelledAnswer, clear: number, masked: number): void {
    if (masked > 0 && personIds.length > 1) api.together++;
    if (personIds.length < leastStrangers || clear < leastStrangers) return;
    if (api.clear === 0) api.clearUid = uid;
    api.clear++;
  }

  snapshot(): MaskingSnapshot {
    return { labels: this.#labels.snapshot(copy) };
  }

  restore({ labels }: MaskingSnapshot): void {
    this.#labels.restore(labels, copy);
  }
}

/** Masks of one length, `#` shown and `*` hidden, that show every place between them; each hides a third at least. */
function isRestorable(forms: readonly string[]): boolean {
  for (const form of forms) {
    const alike = forms.filter(
      (other) => other.length === form.length && (other.match(/\*/g)?.length ?? 0) * 3 >= other.length,
    );
    if (alike.length < 2 || form.length < 8) continue;
    let hidden = 0;
    for (let i = 0; i < form.length; i++) if (alike.every((other) => other[i] === '*')) hidden++;
    if (hidden === 0) return true;
  }
  return false;
}

function newState(): State {
  return { apis: [], forms: [], begin: 0, due: 0 };
}

function newApi(id: string): Api {
  return { id, masked: 0, clear: 0, maskedUid: '', clearUid: '', together: 0 };
}

function copy(state: State): State {
  return { ...state, apis: state.apis.map((each) => ({ ...each })), forms: [...state.forms] };
}
