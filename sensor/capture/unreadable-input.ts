import { CaptureError } from './packet.ts';

/** One input that cannot be read at all: the end of everything when it is the only one, damage when there are others. */
export class UnreadableInput extends CaptureError {
  constructor(
    readonly input: string,
    /** One sentence or two: what is wrong, and what to do. */
    readonly reason: string,
    /** Its octets are of another kind. In a folder such a file is nobody's concern. */
    readonly isNoCapture = false,
  ) {
    super(`${input === '-' ? 'standard input' : input}: ${reason}`);
  }
}

/** Says why the system would not open or look at a path. */
export function explainSystemError(input: string, error: unknown): UnreadableInput {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new UnreadableInput(input, 'there is no such file. Check the path.');
    case 'EACCES':
    case 'EPERM':
      return new UnreadableInput(input, 'it may not be read. Change its permissions or run as a user who may read it.');
    case 'EMFILE':
    case 'ENFILE':
      return new UnreadableInput(
        input,
        'too many files are open at once. Raise the limit (ulimit -n) or give fewer files.',
      );
    default:
      return new UnreadableInput(input, `it cannot be opened (${message}). Check the file and the disk.`);
  }
}
