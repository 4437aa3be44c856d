#!/usr/bin/env node
/** The `apiris` program: the process, the real appliance, and `run`. */
import { readFileSync } from 'node:fs';
import { basename, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openStoreForReading, replay, sense, verifyFolder } from '../../deploy/appliance.ts';
import { recordExport, ruleText, signEvidence } from '../../deploy/audit/audit.ts';
import { readLearnt } from '../../deploy/baselines.ts';
import { runAnalyzer } from '../../deploy/bus/analyzer.ts';
import { senseToBus } from '../../deploy/bus/sensor.ts';
import { explainConfig, loadConfig } from '../../deploy/config.ts';
import { listLabels, listRules, readDocument, testRules } from '../../deploy/content/checks.ts';
import {
  accountHash,
  keyNotices,
  kindsOfClients,
  maskSearch,
  placesOfClients,
  traceHashes,
  traceHashesOfAll,
} from '../../deploy/lookup.ts';
import { approversOf, endGrants, expire, grantReveal, reveal } from '../../deploy/reveal/reveal.ts';
import { tryRules } from '../../deploy/rule-trial.ts';
import { runAppliance } from '../../deploy/run.ts';
import { StreamOutput, type Surroundings } from './io.ts';
import { run } from './program.ts';
import type { Services } from './services.ts';

const root = new URL(import.meta.resolve('#root/package.json'));
const { version } = JSON.parse(readFileSync(root, 'utf8')) as { version: string };

const services: Services = {
  version,
  demoCapture: relative(process.cwd(), fileURLToPath(new URL('fixtures/captures/incidents.pcap.gz', root))),
  loadConfig: (file, environment) => loadConfig(file, { ...environment }),
  explainConfig,
  replay,
  sense,
  senseToBus,
  runAnalyzer,
  runAppliance,
  openStoreForReading,
  readLearnt,
  traceHashes,
  traceHashesOfAll,
  maskSearch,
  accountHash,
  keyNotices,
  kindsOfClients,
  placesOfClients,
  verifyAudit: verifyFolder,
  recordExport,
  signEvidence,
  ruleText,
  readDocument,
  revealing: { approversOf, endGrants, expire, grantReveal, reveal },
  listLabels,
  listRules,
  testRules,
  tryRules,
};

/** In a clone there is no `apiris` on the path, and the person types what was typed this time. */
function invocationOf(script: string): string {
  return basename(script) === 'apiris' ? 'apiris' : `node ${relative(process.cwd(), script)}`;
}

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // The first asks the work to end in order; by then the handler is gone, so that a second one ends the process.
  process.once(signal, () => interrupted.abort());
}

const surroundings: Surroundings = {
  stdout: new StreamOutput(process.stdout),
  stderr: new StreamOutput(process.stderr),
  invocation: invocationOf(process.argv[1] ?? 'apiris'),
  env: process.env,
  now: () => performance.now(),
  wallClock: () => Date.now() * 1000,
  signal: interrupted.signal,
};

process.exitCode = await run(process.argv.slice(2), services, surroundings);
