/**
 * The operator's descriptions of gRPC messages: folders and files of .proto, and FileDescriptorSets (.pb, .binpb,
 * .protoset, .desc). A file with a mistake is told and left out; the others stay in force.
 */
import { readFileSync } from 'node:fs';
import type { ProtoTable } from '../../../analyzer/analyzer.ts';
import type { ContentProblem } from '../documents.ts';
import { listFiles, longestFile, readTexts, shownPath } from '../files.ts';
import type { Declarations } from './declarations.ts';
import { DescriptorSetError, readDescriptorSet } from './descriptor-set.ts';
import { link } from './link.ts';
import { ProtoTextError, readProtoText, wellKnown } from './proto-text.ts';

const TEXT = /\.proto$/i;
const SET = /\.(?:pb|binpb|protoset|desc)$/i;

export interface Protos {
  /** Undefined when nothing is described. */
  readonly table: ProtoTable | undefined;
  readonly problems: readonly ContentProblem[];
}

export function loadProtos(sources: readonly string[]): Protos {
  if (sources.length === 0) return { table: undefined, problems: [] };
  const problems: ContentProblem[] = [];
  const files: Declarations[] = [];
  const { files: texts, problems: unread } = readTexts(sources, '.proto files', TEXT, SET);
  problems.push(...unread);
  for (const { shown, text } of texts) {
    try {
      files.push(readProtoText(text, shown));
    } catch (error) {
      if (!(error instanceof ProtoTextError)) throw error;
      const place = { file: shown, line: error.line, column: 1 };
      problems.push({
        place,
        what: error.fault,
        advice: 'mend the file; its messages stay known by number until then',
      });
    }
  }
  for (const path of sources.flatMap((source) => listFiles(source, SET))) {
    const set = readSet(path);
    if ('messages' in set) files.push(set);
    else problems.push(set);
  }
  if (files.length === 0) {
    if (problems.length === 0) problems.push(nothingIn(sources[0]!));
    return { table: undefined, problems };
  }
  const linked = link([...files, wellKnown()]);
  return { table: linked.table, problems: [...problems, ...linked.problems] };
}

function readSet(path: string): Declarations | ContentProblem {
  const shown = shownPath(path);
  const place = { file: shown, line: 1, column: 1 };
  try {
    const octets = readFileSync(path);
    if (octets.length <= longestFile) return readDescriptorSet(octets, shown);
    return { place, what: `the file is larger than ${longestFile >> 20} MiB`, advice: 'split it' };
  } catch (error) {
    const what = error instanceof DescriptorSetError ? error.message : `the file can't be read (${String(error)})`;
    return {
      place,
      what: `no FileDescriptorSet: ${what}`,
      advice: 'make it by protoc --include_imports --descriptor_set_out',
    };
  }
}

function nothingIn(source: string): ContentProblem {
  const place = { file: shownPath(source), line: 1, column: 1 };
  return {
    place,
    what: 'there is no .proto file',
    advice: 'name a folder that has some, or a FileDescriptorSet (.pb)',
  };
}
