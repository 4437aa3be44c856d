/** Invented people with right check digits, from a seed; nobody's numbers. */

export interface Person {
  readonly name: string;
  readonly idCard: string;
  readonly mobile: string;
  readonly bankCard: string;
  readonly email: string;
  readonly address: string;
  readonly fundAccount: string;
  readonly stockAccount: string;
}

export function generator(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

export function inventPerson(next: (below: number) => number): Person {
  const digits = (count: number) => Array.from({ length: count }, () => next(10)).join('');
  const two = (number: number) => String(number).padStart(2, '0');
  const first = `${['110105', '310115', '440305'][next(3)]}${1950 + next(55)}${two(1 + next(12))}${two(1 + next(28))}${digits(3)}`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, i) => total + weight * Number(first[i]), 0);
  const card = `622202${digits(12)}`;
  const odd = [...card].reduceRight((total, digit, i) => {
    const doubled = (card.length - 1 - i) % 2 === 0 ? Number(digit) * 2 : Number(digit);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return {
    name:
      [...'王李张刘陈杨赵黄周吴'][next(10)]! +
      [...'伟芳娜敏静磊强洋艳勇'][next(10)]! +
      [...'军杰娟涛超明霞平刚桂'][next(10)]!,
    idCard: first + '10X98765432'[sum % 11]!,
    mobile: `139${digits(8)}`,
    bankCard: card + ((10 - (odd % 10)) % 10),
    email: `user${digits(6)}@example.com`,
    address: `上海市浦东新区世纪大道${100 + next(900)}号${1 + next(30)}栋${101 + next(800)}室`,
    fundAccount: `88${digits(8)}`,
    stockAccount: `A${digits(9)}`,
  };
}
