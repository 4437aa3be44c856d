import type { Texts } from './en.ts';

/** What is said of the access log in Simplified Chinese. */
export const accessLogZhCn: Texts['accessLog'] = {
  help: {
    log: '访问日志：流水号、应用、接口、地址、耗时、时间、结果；跨网关与服务节点关联',
    exportLog: '将访问日志导出为文件：CSV 或 NDJSON，每次调用一行，账号与取值均已脱敏',
    chain: '仅此流水号的各跳（即 chain 列）',
    errors: '仅错误：business（应答体报错）、refused（4xx）、system（5xx 或无应答）、all（全部）',
  },
  columns: { hop: '跳', latency: '耗时', account: '账号', result: '结果' },
  errors: { business: '业务错误', refused: '被拒绝', system: '系统异常' },
  noResponse: '无应答',
};
