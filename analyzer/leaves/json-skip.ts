/** Walks past JSON that lies too deep to keep a stack for, counting its values; any depth takes the same few octets. */
export class JsonSkip {
  #open = 0;
  #inString = false;
  #escaped = false;
  #inToken = false;
  values = 0;

  /** An object or array has just been opened. */
  begin(): void {
    this.#open = 1;
    this.#inString = false;
    this.#escaped = false;
    this.#inToken = false;
    this.values = 0;
  }

  /** The place after the end of what was opened, or -1 when it goes on beyond `end`. */
  read(bytes: Uint8Array, start: number, end: number): number {
    let i = start;
    while (i < end) {
      const c = bytes[i++];
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (c === 0x5c) this.#escaped = true;
        else if (c === 0x22) this.#inString = false;
        continue;
      }
      switch (c) {
        case 0x22:
          this.#inString = true;
          this.values++;
          break;
        case 0x3a: // what came before the colon was a key
          this.values--;
          this.#inToken = false;
          break;
        case 0x7b:
        case 0x5b:
          this.#open++;
          this.#inToken = false;
          break;
        case 0x7d:
        case 0x5d:
          this.#inToken = false;
          if (--this.#open === 0) return i;
          break;
        case 0x2c:
        case 0x20:
        case 0x09:
        case 0x0a:
        case 0x0d:
          this.#inToken = false;
          break;
        default:
          if (!this.#inToken) {
            this.#inToken = true;
            this.values++;
          }
      }
    }
    return -1;
  }
}
