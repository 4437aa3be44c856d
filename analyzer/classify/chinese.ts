/** What Chinese names of people and addresses look like. A name alone proves little: 方正证券 begins with a surname. */
import type { Tables } from './tables.ts';

/** Characters that end names of firms, products, shares and menu entries, and next to no given name. */
const unlikelyEnds = new Set([
  ...'司行店厂部局券股债份金票款务易场所户号码额价量率费息期权表单项类型心区市县省路街镇乡村院',
]);
const middleDot = '·';

/** Surname and given name, 2 to 4 characters; with a middle dot (names of minorities) up to 12. */
export function isPersonName(text: string, { surnames }: Tables): boolean {
  const { length } = text;
  if (text.includes(middleDot)) {
    return length >= 4 && length <= 12 && text[0] !== middleDot && text[length - 1] !== middleDot;
  }
  if (length < 2 || length > 4 || unlikelyEnds.has(text[length - 1]!)) return false;
  if (length > 2 && surnames.has(text.slice(0, 2))) return true;
  return surnames.has(text[0]!) && (length <= 3 || surnames.has(text[1]!));
}

/** Every character behind the surname is one that given names are made of. */
export function isTypicalName(text: string, tables: Tables): boolean {
  if (!isPersonName(text, tables)) return false;
  for (let i = text.length > 2 && tables.surnames.has(text.slice(0, 2)) ? 2 : 1; i < text.length; i++) {
    if (!tables.givenNames.has(text[i]!)) return false;
  }
  return true;
}

/** Words of an address from wide to narrow. One rank counts once. */
const ranks: readonly RegExp[] = [
  /北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门/,
  /[\u4e00-\u9fff](?:市|自治州|地区|盟)/,
  /[\u4e00-\u9fff](?:区|县|旗)/,
  /[\u4e00-\u9fff](?:镇|乡|街道|村|庄|屯)/,
  /[\u4e00-\u9fff](?:路|街|大道|巷|弄|胡同|里)/,
  /[0-9０-９一二三四五六七八九十百](?:号|弄|巷)/,
  /小区|花园|公寓|大厦|广场|家园|新村|苑|[0-9A-Za-z一二三四五六七八九十](?:栋|幢|座|号楼|单元|室|层|楼)/,
];

/** How many ranks of an address the text has, 0 to 7. `text` is short: the caller cuts it. */
export function addressScore(text: string): number {
  let score = 0;
  for (const rank of ranks) if (rank.test(text)) score++;
  return score;
}
