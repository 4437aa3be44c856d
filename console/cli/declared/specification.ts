/** The specification of an application, from a file into the table of decisions: the last one taken in counts. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Row } from '../../../storage/store/store.ts';
import { textOf } from '../csv-file.ts';
import { CommandFailure, UsageFault } from '../faults.ts';
import type { Services } from '../services.ts';
import type { Texts } from '../text/en.ts';
import { type DeclaredDocument, declaredIn } from './openapi.ts';

export function readSpecification(
  file: string,
  given: string | undefined,
  services: Pick<Services, 'readDocument'>,
  texts: Texts,
): { readonly app: string; readonly document: DeclaredDocument } {
  const { errors } = texts.drift;
  const read = services.readDocument(textOf(file, texts), file);
  if ('problem' in read) {
    const { place, what, advice } = read.problem;
    throw new CommandFailure(errors.broken(place.file, String(place.line), what, advice));
  }
  const document = declaredIn(read.value);
  if (document === null) throw new CommandFailure(errors.noOpenapi(file));
  if (document.operations.length === 0) throw new CommandFailure(errors.noOperation(file));
  const app = given?.trim().toLowerCase() ?? '';
  if (app !== '') return { app, document };
  const [host, ...more] = document.hosts;
  if (host === undefined || more.length > 0) throw new UsageFault(errors.needsApp);
  return { app: host, document };
}

/** Row of the table `decisions`. `ts`: wall clock, µs. */
export function specificationRow(
  app: string,
  file: string,
  { title, version, operations }: DeclaredDocument,
  by: string,
  note: string,
  ts: number,
): Row {
  const value = JSON.stringify({ file: basename(file), title, version, operations });
  const row = { kind: 'app-specification', subject: app, value, by, note, ts };
  return { id: createHash('sha256').update(JSON.stringify(row)).digest('hex').slice(0, 16), ...row };
}
