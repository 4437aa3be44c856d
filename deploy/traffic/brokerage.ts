/** The made-up brokerage of the traffic mix: its applications, their interfaces and what these answer. */
import type { People } from './people.ts';
import type { Random } from './random.ts';

export interface Application {
  /** Authority of the Host header: lower case, without a default port; also its name in results. */
  readonly host: string;
  readonly ip: string;
  readonly port: number;
}

export const applications: readonly Application[] = [
  { host: 'trade.qingshan.example', ip: '10.20.0.11', port: 80 },
  { host: 'crm.qingshan.example:8080', ip: '10.20.0.12', port: 8080 },
  { host: 'wealth.qingshan.example', ip: '10.20.0.13', port: 80 },
  { host: 'oa.qingshan.example', ip: '10.20.0.14', port: 80 },
  { host: 'pay.qingshan.example:8090', ip: '10.20.0.15', port: 8090 },
];

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface Interface {
  /** Index into `applications`. */
  readonly app: number;
  readonly method: Method;
  /** Path; `{name}` is a parameter, whose values depend on its name. */
  readonly template: string;
  /** Parameters in the query, in the same notation. */
  readonly query?: string;
  /** Exchanges of a thousand. */
  readonly share: number;
  readonly answer: Answer;
}

/** What a response is about; the list it holds is filled up to the wanted size. */
export type Answer =
  | 'positions'
  | 'orders'
  | 'quotes'
  | 'customers'
  | 'contacts'
  | 'products'
  | 'employees'
  | 'notices'
  | 'transfers'
  | 'cards'
  | 'accepted'
  | 'nothing'
  | 'login';

const paged = 'page={page}&size=20';

function of(app: number, method: Method, template: string, share: number, answer: Answer, query?: string): Interface {
  return { app, method, template, share, answer, ...(query !== undefined && { query }) };
}

export const interfaces: readonly Interface[] = [
  of(0, 'GET', '/api/v1/accounts/{accountNo}/positions', 110, 'positions'),
  of(0, 'GET', '/api/v1/accounts/{accountNo}/orders', 90, 'orders', `day={day}&${paged}`),
  of(0, 'GET', '/api/v1/quotes/{stockCode}', 70, 'quotes'),
  of(0, 'GET', '/api/v1/orders/{orderId}', 50, 'orders'),
  of(0, 'POST', '/api/v1/orders', 50, 'accepted'),
  of(0, 'DELETE', '/api/v1/orders/{orderId}', 20, 'accepted'),
  of(0, 'POST', '/api/v1/login', 10, 'login'),
  of(1, 'GET', '/crm/customers/{customerId}', 70, 'customers'),
  of(1, 'POST', '/crm/customers/search', 70, 'customers'),
  of(1, 'GET', '/crm/customers', 50, 'customers', paged),
  of(1, 'PUT', '/crm/customers/{customerId}', 35, 'accepted'),
  of(1, 'GET', '/crm/customers/{customerId}/contacts', 15, 'contacts'),
  of(1, 'POST', '/crm/login', 10, 'login'),
  of(2, 'GET', '/wealth/products/{productCode}', 50, 'products'),
  of(2, 'GET', '/wealth/holdings/{accountNo}', 40, 'positions'),
  of(2, 'POST', '/wealth/subscriptions', 25, 'accepted'),
  of(2, 'PUT', '/wealth/risk-profiles/{customerId}', 15, 'accepted'),
  of(2, 'GET', '/wealth/reports/{day}/nav', 10, 'quotes'),
  of(2, 'POST', '/wealth/session/login', 10, 'login'),
  of(3, 'GET', '/oa/employees/{employeeId}', 40, 'employees'),
  of(3, 'GET', '/oa/notices', 25, 'notices', paged),
  of(3, 'POST', '/oa/approvals/{orderId}/comments', 15, 'accepted'),
  of(3, 'PUT', '/oa/employees/{employeeId}/profile', 10, 'accepted'),
  of(3, 'DELETE', '/oa/notices/{noticeId}', 10, 'nothing'),
  of(4, 'GET', '/pay/transfers/{orderId}', 40, 'transfers'),
  of(4, 'POST', '/pay/transfers', 30, 'accepted'),
  of(4, 'GET', '/pay/cards', 20, 'cards', 'customer={customerId}'),
  of(4, 'PUT', '/pay/limits/{accountNo}', 10, 'accepted'),
];

/** A value of a path or query parameter. */
export function parameterValue(name: string, random: Random): string {
  switch (name) {
    case 'accountNo':
      return `88${random.between(10_000_000, 99_999_999)}`;
    case 'stockCode':
      return `60${random.between(1000, 9999)}`;
    case 'productCode':
      return `QS${random.between(100_000, 999_999)}`;
    case 'orderId':
      return random.uuid();
    case 'day':
      return `2026-01-${String(random.between(1, 28)).padStart(2, '0')}`;
    case 'page':
      return String(random.between(1, 40));
    case 'employeeId':
      return String(random.between(1000, 9999));
    default:
      return String(random.between(1, 900_000));
  }
}

const securities = ['青山银行', '江南重工', '海川电力', '云岭白酒', '北辰科技', '东湖药业'];

function money(random: Random): number {
  return random.between(100, 90_000_000) / 100;
}

/** One entry of an answer's list. */
function entry(answer: Answer, random: Random, people: People): object {
  switch (answer) {
    case 'positions': {
      const stock = { stockCode: parameterValue('stockCode', random), stockName: random.pick(securities) };
      return { ...stock, quantity: random.between(1, 900) * 100, costPrice: money(random), marketValue: money(random) };
    }
    case 'orders': {
      const stock = { stockCode: parameterValue('stockCode', random), side: random.pick(['BUY', 'SELL']) };
      return {
        orderId: random.uuid(),
        ...stock,
        price: money(random),
        quantity: random.between(1, 90) * 100,
        holder: people.name(),
      };
    }
    case 'quotes':
      return {
        time: `10:${random.between(10, 59)}:${random.between(10, 59)}`,
        price: money(random),
        volume: random.below(1e6),
      };
    case 'customers': {
      const identity = { customerId: random.between(1, 900_000), name: people.name(), idNo: people.idCard() };
      return {
        ...identity,
        mobile: people.mobile(),
        bankCard: people.bankCard(),
        address: people.address(),
        riskLevel: random.between(1, 5),
      };
    }
    case 'contacts':
      return {
        name: people.name(),
        mobile: people.mobile(),
        email: people.email(),
        relation: random.pick(['spouse', 'friend']),
      };
    case 'products':
      return {
        productCode: parameterValue('productCode', random),
        nav: money(random),
        day: parameterValue('day', random),
      };
    case 'employees':
      return {
        employeeId: random.between(1000, 9999),
        name: people.name(),
        mobile: people.mobile(),
        email: people.email(),
      };
    case 'notices':
      return { noticeId: random.between(1, 90_000), title: '关于系统升级维护的通知', author: people.name() };
    case 'transfers':
      return { transferId: random.uuid(), amount: money(random), payee: people.name(), payeeCard: people.bankCard() };
    default:
      return { cardNo: people.bankCard(), holder: people.name(), mobile: people.mobile(), bank: '青山银行' };
  }
}

/** JSON of a successful answer, its list filled up to about `size` octets; empty for `nothing`. */
export function answerBody(answer: Answer, size: number, random: Random, people: People): string {
  const traceId = random.hex(2);
  if (answer === 'nothing') return '';
  if (answer === 'accepted') {
    const data = {
      id: random.uuid(),
      state: 'ACCEPTED',
      operator: people.name(),
      amount: money(random),
      version: random.below(99),
    };
    return JSON.stringify({ code: 0, message: 'ok', traceId, data });
  }
  if (answer === 'login') {
    const data = {
      token: jsonWebToken(random),
      expiresIn: 7200,
      user: { id: random.below(90_000), name: people.name() },
    };
    return JSON.stringify({ code: 0, message: 'ok', traceId, data });
  }
  const list: string[] = [];
  for (let length = 120; length < size; ) {
    const text = JSON.stringify(entry(answer, random, people));
    list.push(text);
    length += Buffer.byteLength(text) + 1;
  }
  return `{"code":0,"message":"ok","traceId":"${traceId}","data":{"total":${list.length},"list":[${list.join(',')}]}}`;
}

/** JSON of a refusal, as the brokerage's gateway writes it. */
export function errorBody(code: number, message: string, random: Random): string {
  return JSON.stringify({ code, message, traceId: random.hex(2), data: null });
}

/** JSON a client sends with POST or PUT; a login's is its credentials. */
export function requestBody(answer: Answer, random: Random, people: People): string {
  if (answer === 'login')
    return JSON.stringify({
      username: `u${random.digits(6)}`,
      password: random.text(10, 'abcdefghjkmnpqrstuvwxyz23456789'),
    });
  if (answer === 'customers')
    return JSON.stringify({ keyword: people.name(), mobile: people.mobile(), page: 1, size: 20 });
  const detail = {
    remark: '客户要求当日处理',
    channel: random.pick(['app', 'web', 'counter']),
    operator: people.name(),
  };
  return JSON.stringify({
    requestId: random.uuid(),
    accountNo: parameterValue('accountNo', random),
    amount: money(random),
    ...detail,
  });
}

/** A token in the form of a JWT (RFC 7519) whose signature is random. */
export function jsonWebToken(random: Random): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { sub: random.digits(7), scope: 'user', iat: 1_767_570_000 + random.below(3600), exp: 1_767_600_000 };
  const signature = random.text(43, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}.${signature}`;
}
