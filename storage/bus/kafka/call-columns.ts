/**
 * A batch of calls (analyzer/call-batch.ts) as octets: `calls-v1.ksy` describes them. Columns beyond those known here
 * are passed over, so that a newer program may add one at the end; what can't be told so takes another schema.
 *
 * 5,717 calls of the incidents' capture, a call: 320 octets, 122 behind gzip, 5 µs to write. As JSON lines 2,334, 191
 * behind gzip, 33 µs to write and 30 to parse; the columns as they lie in memory 939, 155 behind gzip.
 */
import { NUMBERS, type PackedCalls, WORDS } from '../../../analyzer/analyzer.ts';
import { Poison } from '../bus.ts';
import { NumberReader, NumberWriter } from './numbers.ts';

/** Columns of times, which grow by little from call to call: ts and completedTs. */
const TIMES = 2;
/** The column that says where a call's facts begin. */
const FACTS_BEGIN = 12;
/** Columns of numbers that the first version wrote; sampling, sequence, proofs and signature came later. */
const OLDEST_NUMBERS = 13;
/** Columns of texts that the first version wrote; what came later is empty. */
const OLDEST_WORDS = 27;
const SAMPLING = 13;
const MAGIC = Buffer.from('ACB1');
/** Calls of a message; a batch has 512. */
const MOST_CALLS = 1 << 16;

const writer = new NumberWriter();

export function encodeCalls({ size, numbers, words, facts, texts }: PackedCalls): Buffer {
  writer.octets(MAGIC);
  writer.number(size);
  writer.number(NUMBERS);
  writer.number(WORDS);
  writer.number(texts.length);
  for (const text of texts) writer.text(text);
  for (let column = 0; column < NUMBERS; column++) {
    let before = 0;
    for (let i = 0; i < size; i++) {
      const value = numbers[i * NUMBERS + column]!;
      if (column < TIMES) {
        // A zigzag: back is odd, forth is even.
        const step = value - before;
        writer.number(step < 0 ? -2 * step - 1 : 2 * step);
        before = value;
      } else writer.number(value);
    }
  }
  for (let column = 0; column < WORDS; column++) {
    for (let i = 0; i < size; i++) writer.number(words[i * WORDS + column]!);
  }
  writer.number(facts.length);
  for (let i = 0; i < facts.length; i++) writer.number(facts[i]!);
  return writer.take();
}

/** Throws Poison for what no sensor wrote. */
export function decodeCalls(octets: Buffer): PackedCalls {
  if (!octets.subarray(0, MAGIC.length).equals(MAGIC)) throw new Poison('it is no batch of calls');
  const reader = new NumberReader(octets.subarray(MAGIC.length));
  const size = reader.count();
  if (size > MOST_CALLS) throw new Poison(`it holds ${size} calls`);
  const [numberColumns, wordColumns] = [reader.count(), reader.count()];
  if (numberColumns < OLDEST_NUMBERS || wordColumns < OLDEST_WORDS) throw new Poison('it lacks columns');
  const texts = new Array<string>(reader.count());
  for (let i = 0; i < texts.length; i++) texts[i] = reader.text();
  const numbers = new Float64Array(size * NUMBERS);
  if (numberColumns <= SAMPLING) for (let i = 0; i < size; i++) numbers[i * NUMBERS + SAMPLING] = 1;
  for (let column = 0; column < numberColumns; column++) {
    let before = 0;
    for (let i = 0; i < size; i++) {
      let value = reader.number();
      if (column < TIMES) {
        before += value % 2 === 0 ? value / 2 : -(value + 1) / 2;
        value = before;
      }
      if (column < NUMBERS) numbers[i * NUMBERS + column] = value;
    }
  }
  const words = new Uint32Array(size * WORDS);
  for (let column = 0; column < wordColumns; column++) {
    for (let i = 0; i < size; i++) {
      const word = reader.number();
      if (!(word >= 0 && word < texts.length)) throw new Poison('it names a text that it does not hold');
      if (column < WORDS) words[i * WORDS + column] = word;
    }
  }
  const facts = new Float64Array(reader.count());
  for (let i = 0; i < facts.length; i++) facts[i] = reader.number();
  for (let i = 0; i < size; i++) {
    if (!(numbers[i * NUMBERS + FACTS_BEGIN]! <= facts.length))
      throw new Poison('it names facts that it does not hold');
  }
  return { size, numbers, words, facts, texts };
}
