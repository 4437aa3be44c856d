/** `apiris labels`: the kinds of data that are looked for, and how the standards class them. */
import type { Command } from 'commander';
import type { LabelKind } from '../../../deploy/content/checks.ts';
import {
  addFormatOption,
  addPlaceOptions,
  type CommonOptions,
  type Context,
  defineCommand,
  formatOf,
  loadSettings,
} from '../context.ts';
import { note } from '../notes.ts';
import { type View, writeRows } from '../output.ts';
import type { Texts } from '../text/en.ts';

export function addLabels(program: Command, context: Context): void {
  const command = defineCommand(program, context, 'labels', context.texts.help.commands.labels, [
    'apiris labels',
    "apiris labels --format json | jq '.[] | select(.level == 4)'",
  ]);
  addFormatOption(command, context);
  addPlaceOptions(command, context).action((given: CommonOptions) => showLabels(context, given));
}

async function showLabels(context: Context, options: CommonOptions): Promise<void> {
  const { services, surroundings, texts } = context;
  const { labels, problems } = await services.listLabels(loadSettings(context, options).config);
  const format = formatOf(context, options);
  const standards = [...new Set(labels.flatMap(({ classes }) => classes.map(({ standard }) => standard)))];
  await writeRows(surroundings.stdout, format, labels, labelView(standards, texts));
  for (const problem of problems) await note(context, format, problem);
}

function labelView(standards: readonly string[], texts: Texts): View<LabelKind> {
  const say = texts.labels;
  const classOf = ({ classes }: LabelKind, standard: string) =>
    classes.find((each) => each.standard === standard)?.name ?? '';
  return {
    json: ({ label, title, titleZh, sensitivity, level, proven, recognizers, classes }) => ({
      label,
      title: texts.language === 'zh-CN' ? titleZh : title,
      sensitivity,
      level,
      proven,
      classes: Object.fromEntries(classes.map(({ standard, name }) => [standard, name])),
      recognizers,
    }),
    fields: ['label', 'title', 'sensitivity', 'level', 'proven', 'classes', 'recognizers'],
    columns: [
      { header: say.columns.label, min: 12 },
      { header: say.columns.title, min: 14, weight: 2 },
      // 2018 and 2020 say nothing: no two are of one number.
      ...standards.map((standard) => ({ header: standard.replace(/-\d{4}$/, '').replace(/^(?:JR|GB)\/T /, '') })),
    ],
    cells: (row) => [
      row.label,
      texts.language === 'zh-CN' ? row.titleZh : row.title,
      ...standards.map((standard) => say.short[classOf(row, standard)] ?? classOf(row, standard)),
    ],
  };
}
