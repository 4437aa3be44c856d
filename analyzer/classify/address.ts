/** What an address in Chinese looks like: words of places from wide to narrow, over octets as they lie. */

/** A bit a rank; one rank counts once. */
const Rank = { province: 1, city: 2, district: 4, town: 8, street: 16, number: 32, house: 64 } as const;

interface Ending {
  /** What precedes the last character, in UTF-16 code units; empty for nothing. */
  readonly before: readonly number[];
  /** Whether a further character has to stand in front, and which kind. */
  readonly front: 'none' | 'ideograph' | 'figure' | 'mark';
  readonly rank: number;
}

/** Last character → the words it ends. */
const endings = new Map<number, Ending[]>();
/** 1 for characters that end one. */
const ends = new Uint8Array(0x10000);
const figures = new Uint8Array(0x10000);
const marks = new Uint8Array(0x10000);

const counting = [...'一二三四五六七八九十'];
for (const letter of ['0123456789', '０１２３４５６７８９', ...counting, '百'].join(''))
  figures[letter.charCodeAt(0)] = 1;
for (const letter of ['0123456789', 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', ...counting].join('')) {
  marks[letter.charCodeAt(0)] = 1;
}

function take(words: string, front: Ending['front'], rank: number): void {
  for (const word of words.split(' ')) {
    const codes = Array.from({ length: word.length }, (_, i) => word.charCodeAt(i));
    const last = codes.pop()!;
    ends[last] = 1;
    const known = endings.get(last);
    if (known === undefined) endings.set(last, [{ before: codes, front, rank }]);
    else known.push({ before: codes, front, rank });
  }
}

take(
  '北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南 陕西 ' +
    '甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门',
  'none',
  Rank.province,
);
take('市 自治州 地区 盟', 'ideograph', Rank.city);
take('区 县 旗', 'ideograph', Rank.district);
take('镇 乡 街道 村 庄 屯', 'ideograph', Rank.town);
take('路 街 大道 巷 弄 胡同 里', 'ideograph', Rank.street);
take('号 弄 巷', 'figure', Rank.number);
take('小区 花园 公寓 大厦 广场 家园 新村 苑', 'none', Rank.house);
take('栋 幢 座 号楼 单元 室 层 楼', 'mark', Rank.house);

/** Octets of a value that are looked at. */
const farthest = 300;
const units = new Uint16Array(farthest);

/** Whether the text has words of at least `enough` ranks of an address. */
export function isAddress(bytes: Uint8Array, start: number, end: number, enough: number): boolean {
  const stop = Math.min(end, start + farthest);
  let count = 0;
  let ranks = 0;
  let score = 0;
  for (let i = start; i < stop; ) {
    const octet = bytes[i]!;
    let unit = octet;
    if (octet < 0xe0 || octet >= 0xf0 || i + 2 >= stop) i++;
    else {
      unit = ((octet & 0x0f) << 12) | ((bytes[i + 1]! & 0x3f) << 6) | (bytes[i + 2]! & 0x3f);
      i += 3;
    }
    units[count++] = unit;
    if (ends[unit] === 0) continue;
    const more = ranksAt(count - 1, unit) & ~ranks;
    if (more === 0) continue;
    ranks |= more;
    for (let bits = more; bits !== 0; bits &= bits - 1) score++;
    if (score >= enough) return true;
  }
  return false;
}

function ranksAt(at: number, unit: number): number {
  let ranks = 0;
  const words = endings.get(unit)!;
  for (let w = 0; w < words.length; w++) {
    const { before, front, rank } = words[w]!;
    const from = at - before.length;
    if (from < (front === 'none' ? 0 : 1)) continue;
    let same = 0;
    while (same < before.length && units[from + same] === before[same]) same++;
    if (same === before.length && (front === 'none' || isInFront(units[from - 1]!, front))) ranks |= rank;
  }
  return ranks;
}

function isInFront(unit: number, front: Ending['front']): boolean {
  if (front === 'ideograph') return unit >= 0x4e00 && unit <= 0x9fff;
  return (front === 'figure' ? figures : marks)[unit] === 1;
}
