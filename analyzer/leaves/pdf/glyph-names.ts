/** Characters of simple fonts: the base encodings (ISO 32000-1 annex D), and glyphs by name as fonts of Latin text name them. */

const ascii =
  'space exclam quotedbl numbersign dollar percent ampersand quotesingle parenleft parenright asterisk plus comma hyphen ' +
  'period slash zero one two three four five six seven eight nine colon semicolon less equal greater question at ' +
  'A B C D E F G H I J K L M N O P Q R S T U V W X Y Z bracketleft backslash bracketright asciicircum underscore grave ' +
  'a b c d e f g h i j k l m n o p q r s t u v w x y z braceleft bar braceright asciitilde';
const latin =
  'exclamdown cent sterling currency yen brokenbar section dieresis copyright ordfeminine guillemotleft logicalnot - ' +
  'registered macron degree plusminus twosuperior threesuperior acute mu paragraph periodcentered cedilla onesuperior ' +
  'ordmasculine guillemotright onequarter onehalf threequarters questiondown Agrave Aacute Acircumflex Atilde Adieresis ' +
  'Aring AE Ccedilla Egrave Eacute Ecircumflex Edieresis Igrave Iacute Icircumflex Idieresis Eth Ntilde Ograve Oacute ' +
  'Ocircumflex Otilde Odieresis multiply Oslash Ugrave Uacute Ucircumflex Udieresis Yacute Thorn germandbls agrave aacute ' +
  'acircumflex atilde adieresis aring ae ccedilla egrave eacute ecircumflex edieresis igrave iacute icircumflex ' +
  'idieresis eth ntilde ograve oacute ocircumflex otilde odieresis divide oslash ugrave uacute ucircumflex udieresis ' +
  'yacute thorn ydieresis';
const others: Readonly<Record<string, string>> = {
  ...{ quoteleft: '‘', quoteright: '’', quotedblleft: '“', quotedblright: '”', quotesinglbase: '‚', quotedblbase: '„' },
  ...{ endash: '–', emdash: '—', bullet: '•', ellipsis: '…', dagger: '†', daggerdbl: '‡', perthousand: '‰' },
  ...{ fi: 'fi', fl: 'fl', ff: 'ff', ffi: 'ffi', ffl: 'ffl', fraction: '⁄', florin: 'ƒ', Euro: '€', trademark: '™' },
  ...{
    guilsinglleft: '‹',
    guilsinglright: '›',
    minus: '-',
    nbspace: ' ',
    sfthyphen: '-',
    dotlessi: 'ı',
    OE: 'Œ',
    oe: 'œ',
  },
  ...{ Scaron: 'Š', scaron: 'š', Zcaron: 'Ž', zcaron: 'ž', Ydieresis: 'Ÿ', Lslash: 'Ł', lslash: 'ł', circumflex: 'ˆ' },
  ...{ tilde: '˜', breve: '˘', caron: 'ˇ', dotaccent: '˙', hungarumlaut: '˝', ogonek: '˛', ring: '˚' },
};

const byName = new Map<string, string>([
  ...ascii.split(' ').map((name, i) => [name, String.fromCharCode(0x20 + i)] as const),
  ...latin.split(' ').map((name, i) => [name, String.fromCharCode(0xa1 + i)] as const),
  ...Object.entries(others),
]);

/** Null for a name that says nothing of what is drawn: `g12`, `c45`. */
export function glyphText(name: string): string | null {
  const known = byName.get(name);
  if (known !== undefined) return known;
  const dot = name.indexOf('.');
  if (dot > 0) return glyphText(name.slice(0, dot));
  const code = /^(?:uni([0-9A-F]{4})|u([0-9A-F]{4,6}))$/.exec(name);
  if (code === null) return null;
  const value = Number.parseInt(code[1] ?? code[2]!, 16);
  return value < 0x11_0000 ? String.fromCodePoint(value) : null;
}

const octets = Uint8Array.from({ length: 256 }, (_, i) => i);
const winAnsi = [...new TextDecoder('windows-1252').decode(octets)];
const macRoman = [...new TextDecoder('macintosh').decode(octets)];
const standardHigh =
  'exclamdown cent sterling fraction yen florin section currency quotesingle quotedblleft guillemotleft guilsinglleft ' +
  'guilsinglright fi fl . endash dagger daggerdbl periodcentered . paragraph bullet quotesinglbase quotedblbase ' +
  'quotedblright guillemotright ellipsis perthousand . questiondown . grave acute circumflex tilde macron breve dotaccent ' +
  'dieresis . ring cedilla . hungarumlaut ogonek caron emdash';
const standard: (string | null)[] = Array.from({ length: 256 }, (_, i) =>
  i >= 0x20 && i < 0x7f ? String.fromCharCode(i) : null,
);
standard[0x27] = '’';
standard[0x60] = '‘';
for (const [i, name] of standardHigh.split(' ').entries()) standard[0xa1 + i] = byName.get(name) ?? null;

/** Characters by octet; standard encoding for a name that is none. */
export function baseEncoding(name: string): readonly (string | null)[] {
  return name === 'WinAnsiEncoding' ? winAnsi : name === 'MacRomanEncoding' ? macRoman : standard;
}
