/** What is said of the roles that talk by a bus, in Simplified Chinese. */
import type { Texts } from './en.ts';

function n(count: number): string {
  return count.toLocaleString('en-US');
}

export const busZhCn: Texts['bus'] = {
  sending: (what, url) => `正在读取 ${what}；调用发往 ${url}，消息内容不离开本机。`,
  sent: (calls, packets) => `已发布 ${n(calls)} 次调用，来自 ${n(packets)} 个包。`,
  waiting: (messages) => `消息代理无法连接，${n(messages)} 条消息暂存于数据目录，下次运行时发送。`,
  noMetrics: '--metrics 用于读取网口并发往 kafka:// 的探针；读文件的探针读完即止。',
  noBodies: '--bodies 只用于 --out - 和文件：总线上只有调用，不含消息内容。',
  ready: (url, data, address) =>
    `正在分析探针发往 ${url} 的调用，存入 ${data}；其他命令可同时使用，工具可通过 ${address} 查询。`,
  judged: (calls) => `已分析并入库 ${n(calls)} 次调用。`,
  repeated: (calls) => `${n(calls)} 次调用重复到达，只计一次。`,
  lost: (calls) => `${n(calls)} 次调用从未到达：总线在读取之前已将其清除。请增大 apiris.calls.v1 的 retention.ms。`,
  poisoned: (messages) => `${n(messages)} 条消息无法读取，请查看主题 apiris.dead.v1。`,
};
