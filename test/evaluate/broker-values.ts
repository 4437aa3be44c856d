/** Values of the fields that the broker's operations name, drawn by the field's type and, where it has none, its name. */
import { People } from '../../deploy/traffic/people.ts';
import type { Random } from '../../deploy/traffic/random.ts';

/** A field of an operation, as the data set has it: name, and type where it is personal or of trading. */
export interface Field {
  readonly n: string;
  readonly t?: string;
}

const digits = '0123456789';
const letters = 'abcdefghijklmnopqrstuvwxyz';
/** The first octets of a JPEG file, and as many as make it a picture. */
const picture = Buffer.concat([Buffer.from('ffd8ffe000104a46494600010100', 'hex'), Buffer.alloc(9000, 0x5a)]);

export class Values {
  readonly #people: People;

  constructor(private readonly random: Random) {
    this.#people = new People(random);
  }

  of({ n, t }: Field): unknown {
    return t === undefined ? this.#byName(n) : this.#byType(t);
  }

  #byType(type: string): unknown {
    const { random } = this;
    const people = this.#people;
    switch (type) {
      case 'name_zh':
        return people.name();
      case 'mobile':
        return people.mobile();
      case 'cn_id18':
        return people.idCard();
      case 'bank_card':
        return people.bankCard();
      case 'email':
        return people.email();
      case 'address':
        return people.address();
      case 'fund_account':
        return random.digits(10);
      case 'client_no':
        return random.digits(9);
      case 'sec_account':
        return `A${random.text(9, digits)}`;
      case 'balance':
      case 'amount':
        return Number(`${random.between(100, 900_000)}.${random.between(10, 99)}`);
      case 'income':
        return random.between(50, 900) * 1000;
      case 'sms_code':
        return random.digits(6);
      case 'password':
        return `${random.text(6, letters)}${random.digits(3)}`;
      case 'jwt':
        return ['{"alg":"HS256","typ":"JWT"}', `{"sub":"${random.digits(8)}","exp":1999999999}`, random.hex(4)]
          .map((part) => Buffer.from(part).toString('base64url'))
          .join('.');
      case 'token':
      case 'app_secret':
        return random.hex(4);
      case 'device':
        return `MAC:${random.hex(1)};HD:${random.hex(1)};IP:10.1.2.${random.below(250)}`;
      case 'id_image':
      case 'biometric':
        return picture.toString('base64');
      case 'sql':
        return `select * from t_account where branch_no = ${random.between(1, 99)}`;
      default:
        return random.digits(6);
    }
  }

  #byName(name: string): unknown {
    const { random } = this;
    const lower = name.toLowerCase();
    if (/^(?:code|error_no|count|successcount|position|score)$/.test(lower)) return random.below(2) * 0;
    if (/^(?:msg|error_info|status|risklevel)$/.test(lower)) return 'ok';
    if (/date/.test(lower)) return `2026010${random.between(1, 9)}`;
    if (/username|user_name/.test(lower)) return random.text(7, letters);
    if (/page|size/.test(lower)) return random.between(1, 20);
    if (/stock_list|codelist/.test(lower)) return `60${random.text(4, digits)},00${random.text(4, digits)}`;
    if (/stock_code|^code$/.test(lower)) return `60${random.text(4, digits)}`;
    if (/market$/.test(lower)) return random.pick(['sh', 'sz']);
    if (/price|yield|nav|amount/.test(lower)) return Number(`${random.between(1, 90)}.${random.between(10, 99)}`);
    if (/sign|nonce|hash|token/.test(lower)) return random.hex(4);
    if (/timestamp/.test(lower)) return 1_767_500_000_000 + random.below(1e9);
    if (/filename/.test(lower)) return `report-${random.digits(6)}`;
    if (/slug/.test(lower)) return `market-update-${random.digits(4)}`;
    if (/type|scene|period|keyword|group/.test(lower)) return random.pick(['a', 'day', 'sys_normal', 'first']);
    if (/biz_content/.test(lower)) return JSON.stringify({ client_id: random.digits(9), ref: random.digits(8) });
    if (/name|title|label|content|questions|answers|paths|switches|expires/.test(lower))
      return random.pick(['alpha', 'balanced growth', 'weekly review', 'series one']);
    if (/input_content/.test(lower)) return random.digits(8);
    return random.digits(8);
  }
}
