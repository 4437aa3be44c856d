/** What content of no format that is known begins with, however it was cut: enough to tell whether there is any order in it. */
const most = 256;
const nothing = new Uint8Array(0);

export class FirstOctets {
  bytes = nothing;
  length = 0;

  take(bytes: Uint8Array, start: number, end: number): void {
    const size = Math.min(end - start, most - this.length);
    if (size <= 0) return;
    // Most content without a type is none.
    if (this.length === 0) this.bytes = new Uint8Array(most);
    this.bytes.set(bytes.subarray(start, start + size), this.length);
    this.length += size;
  }
}
