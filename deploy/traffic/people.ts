/**
 * Personal data of people who do not exist, in the formats recognizers look for, with right check digits. Every value
 * is drawn at random; `counts` says how many of each kind were made.
 */
import type { Random } from './random.ts';

/** Label names as in the JSON contract. */
export const personalLabels = ['name', 'mobile', 'id-card', 'bank-card', 'email', 'address'] as const;

const surnames = [...'王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余'];
const given = [...'伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国志文博雅欣怡子涵浩宇轩思远嘉晨曦'];
const regions = ['110101', '120104', '310115', '320106', '330108', '350203', '370202', '440305', '510107', '610113'];
const cities = [
  '北京市东城区',
  '上海市浦东新区',
  '南京市鼓楼区',
  '杭州市滨江区',
  '厦门市思明区',
  '深圳市南山区',
  '成都市武侯区',
];
const streets = ['人民路', '中山大道', '建设街', '解放北路', '文化巷', '新华西街', '长江路'];
const mobilePrefixes = ['130', '133', '135', '138', '139', '150', '158', '166', '177', '180', '186', '189', '199'];
const bankPrefixes = ['622202', '621700', '622848', '621661', '622588', '622262'];

/** Check character of an 18-character identity number: ISO 7064 MOD 11-2 over the first 17 (GB 11643). */
export function idCardCheck(first17: string): string {
  let sum = 0;
  for (let i = 0; i < 17; i++) sum = (sum + first17.charCodeAt(i) - 48) * 2;
  return '10X98765432'[sum % 11]!;
}

/** Last digit that makes a card number pass the Luhn formula (ISO/IEC 7812-1). */
export function luhnCheck(digits: string): string {
  let sum = 0;
  for (let i = digits.length - 1, double = true; i >= 0; i--, double = !double) {
    const digit = (digits.charCodeAt(i) - 48) * (double ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return String((10 - (sum % 10)) % 10);
}

export class People {
  /** Values made so far, in the order of `personalLabels`. */
  readonly counts = personalLabels.map(() => 0);

  constructor(private readonly random: Random) {}

  name(): string {
    this.counts[0]!++;
    const { random } = this;
    return random.pick(surnames) + random.pick(given) + (random.chance(0.7) ? random.pick(given) : '');
  }

  mobile(): string {
    this.counts[1]!++;
    return this.random.pick(mobilePrefixes) + this.random.text(8, '0123456789');
  }

  idCard(): string {
    this.counts[2]!++;
    const { random } = this;
    const month = String(random.between(1, 12)).padStart(2, '0');
    const day = String(random.between(1, 28)).padStart(2, '0');
    const first17 = `${random.pick(regions)}${random.between(1950, 2005)}${month}${day}${random.text(3, '0123456789')}`;
    return first17 + idCardCheck(first17);
  }

  bankCard(): string {
    this.counts[3]!++;
    const digits = this.random.pick(bankPrefixes) + this.random.text(12, '0123456789');
    return digits + luhnCheck(digits);
  }

  email(): string {
    this.counts[4]!++;
    const { random } = this;
    return `${random.text(random.between(5, 9), 'abcdefghijklmnopqrstuvwxyz')}${random.below(1000)}@mail.example`;
  }

  address(): string {
    this.counts[5]!++;
    const { random } = this;
    const house = `${random.between(1, 300)}号${random.between(1, 20)}栋${random.between(101, 2804)}室`;
    return random.pick(cities) + random.pick(streets) + house;
  }
}
