/** Every evaluation there is: adding one is adding a file and its line here. */
import type { Evaluation } from './evaluation.ts';
import { functions } from './functions.ts';
import { labels } from './labels.ts';
import { rangeEvaluation } from './range.ts';
import { templates } from './templates.ts';

export const evaluations: readonly Evaluation[] = [labels, templates, functions, rangeEvaluation];
