/** What a command may touch of the process: given in, so that tests run commands without a process. */
export interface Output {
  readonly isTerminal: boolean;
  /** Terminal columns; 100 where there is no terminal, so that files and golden tests agree. */
  readonly columns: number;
  /** Resolves when the text may be followed by more. Rejects with OutputClosed once the reader has gone. */
  write(text: string): Promise<void> | undefined;
  /** Resolves when everything written has been handed over. */
  flush(): Promise<void>;
}

export interface Surroundings {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How the program was called: what a person types to call it again. */
  readonly invocation: string;
  /** Wall clock in ms: progress and exchanges/s only. */
  readonly now: () => number;
  /** µs since 1970: when a person decided something, and nothing else. */
  readonly wallClock: () => number;
  /** Aborted when the person interrupts. */
  readonly signal: AbortSignal;
}

/** The reader of our output is gone (`| head`): the end of the work, and no failure. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';
}

export const defaultColumns = 100;
/** Narrower than this a table is unreadable however it is cut. */
const fewestColumns = 40;
/** Rows are gathered to this size before a write: a write a row costs more than the row. */
export const chunkCharacters = 64 * 1024;

/** A process stream as Output. */
export class StreamOutput implements Output {
  readonly isTerminal: boolean;
  #waiting = '';
  #failure: Error | null = null;

  constructor(private readonly stream: NodeJS.WriteStream) {
    this.isTerminal = stream.isTTY === true;
    // Without a listener the process would end; what to do is decided where something is written.
    stream.on('error', (error) => this.#fail(error));
  }

  get columns(): number {
    return this.isTerminal && this.stream.columns > 0 ? Math.max(fewestColumns, this.stream.columns) : defaultColumns;
  }

  write(text: string): Promise<void> | undefined {
    if (this.#failure) throw this.#failure;
    this.#waiting += text;
    return this.isTerminal || this.#waiting.length >= chunkCharacters ? this.flush() : undefined;
  }

  async flush(): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (this.#waiting === '') return;
    const text = this.#waiting;
    this.#waiting = '';
    await new Promise<void>((resolve) => {
      this.stream.write(text, (error) => {
        if (error) this.#fail(error);
        resolve();
      });
    });
    if (this.#failure) throw this.#failure;
  }

  #fail(error: NodeJS.ErrnoException): void {
    const closed = error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED';
    this.#failure ??= closed ? new OutputClosed('output closed', { cause: error }) : error;
  }
}
