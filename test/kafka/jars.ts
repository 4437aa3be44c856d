/** Where the broker's jars lie: Maven fetches them once into its own folder, and says where. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = new URL('.', import.meta.resolve('#root/package.json'));
const pom = new URL('test/kafka/pom.xml', root);
/** What Maven answered, for the pom it was asked about. */
const answered = new URL('dist/test/kafka/classpath.json', root);

/** Maven may have to fetch 100 MB. */
const PATIENCE_MS = 600_000;

export type Jars = { readonly classpath: string } | { readonly lacking: string };

function runs(command: string, ...args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** Each test file is a process of its own, and asks. */
export function brokerJars(): Jars {
  if (!runs('java', '-version')) return { lacking: 'java' };
  const text = readFileSync(pom, 'utf8');
  const before = readAnswer();
  if (before?.pom === text && before.classpath.split(delimiter).every((jar) => existsSync(jar))) return before;
  if (!runs('mvn', '-v')) return { lacking: 'maven' };
  const told = fileURLToPath(new URL('classpath.txt', answered));
  mkdirSync(new URL('.', answered), { recursive: true });
  const goal = ['dependency:build-classpath', `-Dmdep.outputFile=${told}`];
  const { status, stdout, stderr } = spawnSync('mvn', ['-B', '-q', '-f', fileURLToPath(pom), ...goal], {
    encoding: 'utf8',
    timeout: PATIENCE_MS,
  });
  if (status !== 0) return { lacking: `Kafka from Maven (${(stderr + stdout).trim().split('\n')[0]})` };
  const classpath = readFileSync(told, 'utf8').trim();
  writeFileSync(answered, JSON.stringify({ pom: text, classpath }));
  return { classpath };
}

function readAnswer(): { pom: string; classpath: string } | null {
  try {
    return JSON.parse(readFileSync(answered, 'utf8')) as { pom: string; classpath: string };
  } catch {
    return null;
  }
}
