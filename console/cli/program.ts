/** The command line as a function: arguments in, exit code out. `main.ts` gives it the process, tests their own. */
import { Command, CommanderError } from 'commander';
import { addAnalyzer } from './commands/analyzer.ts';
import { addApi } from './commands/api.ts';
import { addApis } from './commands/apis.ts';
import { addApp } from './commands/app.ts';
import { addApps } from './commands/apps.ts';
import { addAudit } from './commands/audit.ts';
import { addBaseline } from './commands/baseline.ts';
import { addCalls } from './commands/calls.ts';
import { addConfig } from './commands/config.ts';
import { addDemo } from './commands/demo.ts';
import { addDoctor } from './commands/doctor.ts';
import { addDrift } from './commands/drift.ts';
import { addExport } from './commands/export.ts';
import { addExportEvidence } from './commands/export-evidence.ts';
import { addFinding } from './commands/finding.ts';
import { addFindings } from './commands/findings.ts';
import { addHealth } from './commands/health.ts';
import { addImport } from './commands/import.ts';
import { addLabels } from './commands/labels.ts';
import { addExportLog, addLog } from './commands/log.ts';
import { addOverview } from './commands/overview.ts';
import { addProfile } from './commands/profile.ts';
import { addReplay } from './commands/replay.ts';
import { addReveal } from './commands/reveal.ts';
import { addRules } from './commands/rules.ts';
import { addRun } from './commands/run.ts';
import { addSensor } from './commands/sensor.ts';
import { addStats } from './commands/stats.ts';
import { addTls } from './commands/tls.ts';
import { addTrace } from './commands/trace.ts';
import type { Context } from './context.ts';
import { exitCodes, explainFault, UsageFault } from './faults.ts';
import type { Surroundings } from './io.ts';
import type { Services } from './services.ts';
import type { Texts } from './text/en.ts';
import { languageOf, languages, parseLanguage, textsOf } from './text/language.ts';
import { explainUsage } from './usage.ts';
import { printable, textWidth } from './width.ts';

/** In the order of the help page: a command is a file in commands/ and a line here. */
const commands = [
  addReplay,
  addRun,
  addSensor,
  addAnalyzer,
  addOverview,
  addApps,
  addApp,
  addApis,
  addApi,
  addFindings,
  addFinding,
  addTrace,
  addProfile,
  addBaseline,
  addCalls,
  addLog,
  addStats,
  addTls,
  addExport,
  addHealth,
  addDoctor,
  addExportEvidence,
  addExportLog,
  addAudit,
  addReveal,
  addLabels,
  addRules,
  addDrift,
  addImport,
  addConfig,
  addDemo,
] as const;

/** Runs one command line (without `node` and the script) and says with which code to exit. Never throws. */
export async function run(argv: readonly string[], services: Services, surroundings: Surroundings): Promise<number> {
  const texts = textsOf(languageOf(surroundings.env));
  try {
    return await runIn(languageArgument(argv, texts) ?? texts, argv, services, surroundings);
  } catch (error) {
    return report(error, texts, surroundings);
  }
}

async function runIn(
  texts: Texts,
  argv: readonly string[],
  services: Services,
  surroundings: Surroundings,
): Promise<number> {
  const context: Context = { services, surroundings, texts, exitCode: exitCodes.done };
  const written: { out: string; err: string } = { out: '', err: '' };
  const program = buildProgram(context, written);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    await surroundings.stdout.flush();
    // Remarks that nobody can be told any more are no failure.
    await surroundings.stderr.flush().catch(() => {});
    return context.exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) return report(error, texts, surroundings);
    if (error.exitCode === 0) {
      await surroundings.stdout.write(written.out);
      await surroundings.stdout.flush();
      return exitCodes.done;
    }
    // Without a command commander shows the help page as an error.
    if (error.code === 'commander.help') {
      await surroundings.stderr.write(written.err);
      await surroundings.stderr.flush();
      return exitCodes.usage;
    }
    return report(new UsageFault(explainUsage(error, program, argv, texts)), texts, surroundings);
  }
}

function buildProgram(context: Context, written: { out: string; err: string }): Command {
  const { help } = context.texts;
  const program = new Command('apiris');
  // Inherited by every command that is made from this one, so it comes first.
  program
    .exitOverride()
    .configureOutput({
      writeOut: (text) => (written.out += text),
      writeErr: (text) => (written.err += text),
      outputError: () => {},
      getOutHelpWidth: () => context.surroundings.stdout.columns,
      getErrHelpWidth: () => context.surroundings.stderr.columns,
    })
    .configureHelp({
      displayWidth: textWidth,
      styleTitle: (title) => (help.titles as Readonly<Record<string, string>>)[title] ?? title,
    })
    .enablePositionalOptions()
    .description(help.program)
    .version(context.services.version, '-V, --version', help.versionOption)
    .option('--lang <lang>', help.options.lang)
    .helpOption('-h, --help', help.helpOption)
    .helpCommand('help [command]', help.helpCommand)
    .addHelpText(
      'after',
      `\n${help.examples}\n  $ apiris replay monday.pcapng.gz\n  $ apiris apis --app trade.example.com\n\n${help.exitCodes}\n${help.environment}`,
    );
  for (const add of commands) add(program, context);
  return program;
}

/** The language `--lang` names, wherever it stands: help and errors need it before anything is parsed. */
function languageArgument(argv: readonly string[], texts: Texts): Texts | null {
  const end = argv.indexOf('--');
  const place = argv.findIndex((each, i) => /^--lang(=|$)/.test(each) && (end < 0 || i < end));
  if (place < 0) return null;
  const equals = argv[place]!.indexOf('=');
  const name = equals < 0 ? argv[place + 1] : argv[place]!.slice(equals + 1);
  // A missing value is commander's to report.
  if (name === undefined) return null;
  const language = parseLanguage(name);
  if (language === null) throw new UsageFault(texts.errors.badChoice('--lang', name, languages.join(', ')));
  return textsOf(language);
}

/** The sentence on stderr, and the code. */
async function report(error: unknown, texts: Texts, surroundings: Surroundings): Promise<number> {
  const fault = explainFault(error);
  const { stderr, stdout, env } = surroundings;
  if (fault.message !== undefined) {
    const sentence = fault.unexpected ? texts.errors.unexpected(fault.message) : fault.message;
    const lines = sentence.split('\n').map((line) => `${texts.errors.prefix}: ${printable(line)}\n`);
    if (fault.unexpected && env['APIRIS_DEBUG'] && error instanceof Error) lines.push(`${error.stack}\n`);
    // What came before on stdout stands before the sentence; where stdout is gone, the sentence still counts.
    await Promise.resolve(stdout.flush()).catch(() => {});
    await Promise.resolve(stderr.write(lines.join(''))).catch(() => {});
  }
  await stderr.flush().catch(() => {});
  return fault.code;
}
