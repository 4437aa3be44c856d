/** A file to write records to. */
import { type FileHandle, open } from 'node:fs/promises';
import { CommandFailure } from './faults.ts';
import { chunkCharacters, defaultColumns, type Output } from './io.ts';
import type { Texts } from './text/en.ts';
import { printable } from './width.ts';

export interface FileOutput extends Output {
  close(): Promise<void>;
}

/**
 * Opens and empties the file, readable by its owner alone: records hold addresses and, when asked for, bodies. Every
 * failure, the full disk later too, is a CommandFailure that names the file.
 */
export async function openFileOutput(path: string, texts: Texts): Promise<FileOutput> {
  const failure = (error: unknown) =>
    new CommandFailure(texts.errors.outputFile(printable(path), (error as Error).message), { cause: error });
  let handle: FileHandle;
  try {
    handle = await open(path, 'w', 0o600);
  } catch (error) {
    throw failure(error);
  }
  let waiting = '';
  // Writes follow one another, even where the caller does not wait.
  let last: Promise<void> = Promise.resolve();
  const flush = (): Promise<void> => {
    const text = waiting;
    waiting = '';
    last = last.then(async () => {
      try {
        if (text !== '') await handle.writeFile(text);
      } catch (error) {
        throw failure(error);
      }
    });
    return last;
  };
  return {
    isTerminal: false,
    columns: defaultColumns,
    write(text) {
      waiting += text;
      return waiting.length >= chunkCharacters ? flush() : undefined;
    },
    flush,
    async close() {
      await handle.close();
    },
  };
}
