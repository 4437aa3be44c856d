/** Does a value look drawn at random, as session ids and tokens are? */

const seen = new Uint16Array(128);

/** Shannon entropy of the characters, bits a character; characters beyond ASCII fold into it. */
function entropyOf(text: string): number {
  seen.fill(0);
  const length = Math.min(text.length, 512);
  for (let i = 0; i < length; i++) seen[text.charCodeAt(i) & 0x7f]!++;
  let bits = 0;
  for (const count of seen) if (count > 0) bits -= (count / length) * Math.log2(count / length);
  return bits;
}

/** Characters and bits a character below which a value under an unknown name is no credential. */
const shortestRandom = 20;
const leastEntropy = 3;

/** Token characters alone, long, of high entropy, letters and digits mixed. */
export function looksRandom(text: string): boolean {
  if (text.length < shortestRandom) return false;
  let digits = 0;
  let letters = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c >= 0x30 && c <= 0x39) digits++;
    else if ((c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a)) letters++;
    else if (
      !(c === 0x2d || c === 0x2e || c === 0x5f || c === 0x2b || c === 0x2f || c === 0x3d || c === 0x7e || c === 0x25)
    )
      return false;
  }
  return digits >= 3 && letters >= 4 && entropyOf(text) >= leastEntropy;
}
