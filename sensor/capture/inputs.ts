import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { explainSystemError, UnreadableInput } from './unreadable-input.ts';

/** What one path given by the user stands for. */
export interface InputGroup {
  /** The path as given; `-` for standard input. */
  readonly path: string;
  readonly isFolder: boolean;
  /** Files that may hold captures: the path itself, or the regular files directly in the folder, sorted by name. */
  readonly files: readonly string[];
}

/** Looks at the paths in their order. What cannot be looked at goes to `problems`. */
export function listInputs(paths: readonly string[], problems: UnreadableInput[]): InputGroup[] {
  const groups: InputGroup[] = [];
  for (const path of paths) {
    try {
      if (path === '-' && groups.some((group) => group.path === '-')) {
        problems.push(new UnreadableInput('-', 'it is named twice but can be read once. Name it once.'));
      } else if (path !== '-' && statSync(path).isDirectory()) {
        groups.push({ path, isFolder: true, files: listFolder(path) });
      } else {
        groups.push({ path, isFolder: false, files: [path] });
      }
    } catch (error) {
      problems.push(explainSystemError(path, error));
    }
  }
  return groups;
}

function listFolder(folder: string): string[] {
  const paths = readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));
  // A link to nowhere in a folder is nobody's capture.
  return paths.filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
}
