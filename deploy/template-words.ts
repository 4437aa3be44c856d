/** What people said of templates, as the store keeps it: the last word of each kind on each stands. */
import type { Judge, LearningWord, RegisterEntry, TemplateWord } from '../analyzer/analyzer.ts';
import type { Store } from '../storage/store/store.ts';
import { readFieldMarks } from './field-marks.ts';

type Stored = Omit<TemplateWord, 'taken'> & { readonly taken: number | boolean };

/** Judge is told what people said of fields, of templates and of learning, and their register, all of it. */
export async function hearPeople(judge: Judge, store: Store): Promise<void> {
  const register = await store.ask<RegisterEntry>('register', { app: '' });
  judge.mark(await readFieldMarks(store), await readTemplateWords(store), register);
  // Behind templates: an API is frozen under its id of now.
  judge.teach(await store.ask<LearningWord>('baseline-words'));
}

async function readTemplateWords(store: Store): Promise<TemplateWord[]> {
  const rows = await store.ask<Stored>('template-words', { api: '' });
  return rows.map(({ taken, ...word }) => ({ ...word, taken: Number(taken) === 1 }));
}
