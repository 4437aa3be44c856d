/** Takes what is found. `bytes[start, end)` is the clear value (or its masked form), valid during the call only. */
export type Hit = (
  recognizer: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  masked: boolean,
  score: number,
) => void;
