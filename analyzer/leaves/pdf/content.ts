/**
 * Content streams (ISO 32000-1 §7.8, §9.4) as pieces of text, each where the page has it. What draws is passed over; what
 * places text is followed. Bounds: operators, pieces and characters of a document, pieces of a page, characters of a piece,
 * forms within forms.
 */
import type { CodeBudget } from './cmap.ts';
import { type PdfDocument, PdfStream } from './document.ts';
import { noFont, openFont, type PdfFont } from './fonts.ts';
import { type PdfDict, PdfLexer, PdfName, type PdfValue, PdfWord } from './syntax.ts';

const MOST_OPERATORS = 2_000_000;
const MOST_PIECES = 300_000;
/** They are sorted, so those of one page are held: some 100 MB at most. */
const MOST_OF_PAGE = 100_000;
/** Characters of all pieces. A code may stand for many, and a code that says nothing counts as one. */
const MOST_CHARACTERS = 16 << 20;
const LONGEST_PIECE = 1 << 16;
/** Octets of what stands for marked content: it is said again for each place that is marked so. */
const LONGEST_INSTEAD = 4096;
const MOST_OPERANDS = 64;
const MOST_STATES = 64;
/** Forms within forms. */
const MOST_DEEP = 8;
const MOST_FONTS = 500;
const MOST_FORMS = 10_000;
const MOST_CODES = 400_000;

/** Text that one operator shows, in units of the page; `size` is the height of its font there. */
export interface Piece {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly size: number;
}

/** a b c d e f of §8.3.3. */
type Matrix = readonly [number, number, number, number, number, number];
const identity: Matrix = [1, 0, 0, 1, 0, 0];

function times(m: Matrix, n: Matrix): Matrix {
  return [
    m[0] * n[0] + m[1] * n[2],
    m[0] * n[1] + m[1] * n[3],
    m[2] * n[0] + m[3] * n[2],
    m[2] * n[1] + m[3] * n[3],
    m[4] * n[0] + m[5] * n[2] + n[4],
    m[4] * n[1] + m[5] * n[3] + n[5],
  ];
}

interface State {
  matrix: Matrix;
  font: PdfFont;
  size: number;
  charSpace: number;
  wordSpace: number;
  scale: number;
  leading: number;
  rise: number;
}

/** Takes pages one after the other; what it counts is of all of them. */
export class TextWalk {
  /** Codes shown of which nothing tells what they say. */
  unreadable = 0;
  /** Pictures drawn. */
  pictures = 0;
  isBeyond = false;
  #operators = 0;
  #pieceCount = 0;
  #characters = MOST_CHARACTERS;
  #forms = 0;
  readonly #budget: CodeBudget = { codes: MOST_CODES };
  readonly #fonts = new Map<PdfDict, PdfFont>();
  readonly #open = new Set<PdfStream>();
  #pieces: Piece[] = [];
  /** What stands for the text within marked content (§14.9.4), and how deep in it we are. */
  #instead: string | null = null;
  #insteadDepth = 0;
  #marks = 0;

  constructor(private readonly document: PdfDocument) {}

  /** In the order of the content. */
  page(contents: Uint8Array, resources: PdfDict | null): Piece[] {
    this.#pieces = [];
    this.#instead = null;
    this.#marks = 0;
    this.#walk(contents, resources, identity, 0);
    return this.#pieces;
  }

  #walk(bytes: Uint8Array, resources: PdfDict | null, start: Matrix, depth: number): void {
    const lexer = new PdfLexer(bytes, 0, bytes.length, false);
    const run = new Run(start);
    let operands: PdfValue[] = [];
    for (;;) {
      const value = lexer.value();
      if (value === undefined) return;
      if (!(value instanceof PdfWord)) {
        if (operands.length < MOST_OPERANDS) operands.push(value);
        continue;
      }
      const isFull = this.#pieceCount > MOST_PIECES || this.#pieces.length > MOST_OF_PAGE;
      if (++this.#operators > MOST_OPERATORS || isFull || this.#characters <= 0) {
        this.isBeyond = true;
        return;
      }
      if (value.text === 'BI') passPicture(lexer);
      else this.#operate(value.text, operands, run, resources, depth);
      operands = [];
    }
  }

  #operate(name: string, operands: PdfValue[], run: Run, resources: PdfDict | null, depth: number): void {
    const { state } = run;
    switch (name) {
      case 'Tf':
        state.font = this.#font(operands[0], resources);
        state.size = numberAt(operands, 1);
        return;
      case 'Tj':
        this.#show(operands[0], run);
        return;
      case 'TJ':
        if (Array.isArray(operands[0])) this.#showAll(operands[0], run);
        return;
      case "'":
        run.nextLine();
        this.#show(operands[0], run);
        return;
      case '"':
        state.wordSpace = numberAt(operands, 0);
        state.charSpace = numberAt(operands, 1);
        run.nextLine();
        this.#show(operands[2], run);
        return;
      case 'Do':
        this.#draw(operands[0], run, resources, depth);
        return;
      case 'BDC':
      case 'BMC':
        this.#mark(operands, resources);
        return;
      case 'EMC':
        if (this.#marks > 0 && this.#marks-- === this.#insteadDepth) this.#instead = null;
        return;
      default:
        run.place(name, operands);
    }
  }

  #mark(operands: readonly PdfValue[], resources: PdfDict | null): void {
    this.#marks++;
    if (this.#instead !== null) return;
    const [, named] = operands;
    const properties =
      named instanceof PdfName
        ? this.document.dict(this.document.dict(resources?.get('Properties'))?.get(named.text))
        : this.document.dict(named);
    const text = this.document.resolve(properties?.get('ActualText'));
    if (!(text instanceof Uint8Array)) return;
    if (text.length > LONGEST_INSTEAD) this.isBeyond = true;
    this.#instead = textOf(text.subarray(0, LONGEST_INSTEAD));
    this.#characters -= this.#instead.length;
    this.#insteadDepth = this.#marks;
  }

  #font(name: PdfValue | undefined, resources: PdfDict | null): PdfFont {
    if (!(name instanceof PdfName)) return noFont;
    const dict = this.document.dict(this.document.dict(resources?.get('Font'))?.get(name.text));
    if (dict === null) return noFont;
    const known = this.#fonts.get(dict);
    if (known !== undefined) return known;
    if (this.#fonts.size >= MOST_FONTS) {
      this.isBeyond = true;
      return noFont;
    }
    const font = openFont(this.document, dict, this.#budget);
    this.#fonts.set(dict, font);
    return font;
  }

  #draw(name: PdfValue | undefined, run: Run, resources: PdfDict | null, depth: number): void {
    if (!(name instanceof PdfName)) return;
    const { document } = this;
    const form = document.object(document.dict(resources?.get('XObject'))?.get(name.text));
    if (!(form instanceof PdfStream)) return;
    if (document.name(form.dict.get('Subtype')) === 'Image') {
      this.pictures++;
      return;
    }
    if (document.name(form.dict.get('Subtype')) !== 'Form') return;
    if (depth >= MOST_DEEP || this.#open.has(form) || ++this.#forms > MOST_FORMS) {
      this.isBeyond = true;
      return;
    }
    const bytes = document.content(form);
    if (bytes === null) return;
    const numbers = document.array(form.dict.get('Matrix')).map((each) => document.number(each, 0));
    const matrix = numbers.length === 6 ? (numbers as unknown as Matrix) : identity;
    this.#open.add(form);
    this.#walk(
      bytes,
      document.dict(form.dict.get('Resources')) ?? resources,
      times(matrix, run.state.matrix),
      depth + 1,
    );
    this.#open.delete(form);
  }

  #showAll(items: readonly PdfValue[], run: Run): void {
    const { size, scale } = run.state;
    for (const item of items) {
      if (typeof item === 'number') run.move((-item / 1000) * size * scale);
      else this.#show(item, run);
    }
  }

  #show(value: PdfValue | undefined, run: Run): void {
    if (!(value instanceof Uint8Array) || value.length === 0) return;
    const { font, size, charSpace, wordSpace, scale } = run.state;
    const at = run.point();
    let text = '';
    let moved = 0;
    for (let i = 0; i < value.length; ) {
      if (this.#characters <= 0 || text.length > LONGEST_PIECE) {
        this.isBeyond = true;
        break;
      }
      const length = font.length(value, i);
      const said = font.text(value, i, length);
      this.#characters -= said === null || said === '' ? 1 : said.length;
      if (said === null || said === '\ufffd' || said === '\0') this.unreadable += this.#instead === null ? 1 : 0;
      else text += said;
      const isSpace = length === 1 && value[i] === 0x20;
      moved += ((font.width(value, i, length) / 1000) * size + charSpace + (isSpace ? wordSpace : 0)) * scale;
      i += length;
    }
    run.move(moved);
    if (this.#instead !== null) {
      // The first piece says all of it.
      text = this.#instead;
      this.#instead = '';
    }
    // Blanks say nothing. Looking also makes one string of its many parts, which would each be kept.
    if (text.trim() === '') return;
    const to = run.point();
    const [a, b, c, d] = run.whole();
    // Text that stands on its side is read along its own line.
    const isUpright = Math.abs(a) >= Math.abs(b);
    const height = Math.hypot(c, d) * Math.abs(size);
    this.#pieceCount++;
    this.#pieces.push({
      text,
      x: isUpright ? Math.min(at.x, to.x) : Math.min(at.y * Math.sign(b), to.y * Math.sign(b)),
      y: isUpright ? at.y : -at.x * Math.sign(b),
      width: Math.hypot(to.x - at.x, to.y - at.y),
      size: height > 0 ? height : 1,
    });
  }
}

/** What operators move: the states of graphics, and the place of text. */
class Run {
  state: State;
  readonly #kept: State[] = [];
  #text: Matrix = identity;
  #line: Matrix = identity;

  constructor(matrix: Matrix) {
    this.state = {
      ...{ matrix, font: noFont, size: 1, charSpace: 0, wordSpace: 0, scale: 1, leading: 0, rise: 0 },
    };
  }

  place(name: string, operands: readonly PdfValue[]): void {
    const { state } = this;
    switch (name) {
      case 'q':
        if (this.#kept.length < MOST_STATES) this.#kept.push({ ...state });
        return;
      case 'Q':
        this.state = this.#kept.pop() ?? state;
        return;
      case 'cm':
        state.matrix = times(matrixOf(operands), state.matrix);
        return;
      case 'BT':
        this.#text = this.#line = identity;
        return;
      case 'Tm':
        this.#text = this.#line = matrixOf(operands);
        return;
      case 'TD':
        state.leading = -numberAt(operands, 1);
        this.#next(numberAt(operands, 0), numberAt(operands, 1));
        return;
      case 'Td':
        this.#next(numberAt(operands, 0), numberAt(operands, 1));
        return;
      case 'T*':
        this.nextLine();
        return;
      case 'TL':
        state.leading = numberAt(operands, 0);
        return;
      case 'Tc':
        state.charSpace = numberAt(operands, 0);
        return;
      case 'Tw':
        state.wordSpace = numberAt(operands, 0);
        return;
      case 'Tz':
        state.scale = numberAt(operands, 0) / 100;
        return;
      case 'Ts':
        state.rise = numberAt(operands, 0);
        return;
      default:
    }
  }

  nextLine(): void {
    this.#next(0, -this.state.leading);
  }

  #next(x: number, y: number): void {
    this.#text = this.#line = times([1, 0, 0, 1, x, y], this.#line);
  }

  move(by: number): void {
    this.#text = times([1, 0, 0, 1, by, 0], this.#text);
  }

  /** From the space of text to that of the page. */
  whole(): Matrix {
    return times(this.#text, this.state.matrix);
  }

  point(): { x: number; y: number } {
    const [, , c, d, e, f] = this.whole();
    const { rise } = this.state;
    return { x: e + rise * c, y: f + rise * d };
  }
}

/** §8.9.7: what stands between `ID` and `EI` are octets of a picture. */
function passPicture(lexer: PdfLexer): void {
  for (let value = lexer.value(); value !== undefined; value = lexer.value()) {
    if (value instanceof PdfWord && value.text === 'ID') break;
  }
  const { bytes, end } = lexer;
  for (let i = lexer.at + 1; i + 2 < end; i++) {
    if (bytes[i] === 0x45 && bytes[i + 1] === 0x49 && bytes[i - 1]! <= 0x20 && bytes[i + 2]! <= 0x20) {
      lexer.at = i + 2;
      return;
    }
  }
  lexer.at = end;
}

function numberAt(operands: readonly PdfValue[], index: number): number {
  const value = operands[index];
  return typeof value === 'number' ? value : 0;
}

function matrixOf(operands: readonly PdfValue[]): Matrix {
  return [0, 1, 2, 3, 4, 5].map((i) => numberAt(operands, i)) as unknown as Matrix;
}

/** §7.9.2: UTF-16 or UTF-8 by its mark, else an encoding of Latin text. */
function textOf(octets: Uint8Array): string {
  if (octets[0] === 0xfe && octets[1] === 0xff) return new TextDecoder('utf-16be').decode(octets.subarray(2));
  return new TextDecoder(octets[0] === 0xef && octets[1] === 0xbb ? 'utf-8' : 'windows-1252').decode(octets);
}
