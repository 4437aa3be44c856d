/** What is said of the log and its proof in Simplified Chinese. */
import type { Texts } from './en.ts';

export const auditZhCn: Texts['audit'] = {
  help: {
    audit: '证明日志未被篡改，以及谁改动了什么',
    verify: '逐条核对已存储的调用、发现与操作记录是否与封存一致；不一致时退出码为 1',
    log: '谁在何时做出了什么决定或改动',
    anchor: '另行保存的 audit.anchor 副本（默认：数据目录中的那一份）',
    key: '另行保存的 audit.pub（默认：数据目录中的那一份）',
    month: '只核对此月的调用，如 2026-11；其余仍全部核对',
    values: '同时核对谁得到过什么：每条调用都载明其取值的合计（需读取全部取值）',
    kind: '只看这一类记录：finding-status、configuration、rules、replay、run、retention……',
    by: '只看此人的记录',
    subject: '只看关于此发现、API 或捕获文件的记录（编号或其开头）',
    since: '从此时起：距现在 2h、7d，或 ISO 时间',
    limit: '最多这么多条，取最新的',
  },
  columns: { time: '时间', by: '操作人', kind: '事项', subject: '对象', value: '内容', note: '说明' },
  sound: '日志与封存时一致。',
  broken: (count) => `日志与封存时不一致：发现 ${count}。`,
  problems: (count) => `${count} 处`,
  nothing: '此目录中尚无封存内容。下一次 replay 或 run 开始封存。',
  chain: (writer, seals, until, hash) => `链 ${writer}：${seals} 个封条，最后一个于 ${until}，哈希 ${hash}`,
  proven: (calls, blocks, findings, decisions) =>
    `已证实：${blocks} 个区块中的 ${calls} 条调用，${findings} 条发现，${decisions} 条操作记录`,
  values: (rows, calls, before, strangers) =>
    `取值：${rows} 个，与 ${calls} 条调用核对；${before} 条调用早于载明合计；${strangers} 个取值没有对应的调用`,
  badMonth: (text) => `--month 须为月份，如 2026-11，而不是 «${text}»。`,
  unsealed: (calls, findings, decisions) =>
    `尚未封存：${calls} 条调用，${findings} 条发现，${decisions} 条操作记录；下次启动时封存并注明`,
  before: (calls) => `${calls} 条调用在开始封存之前存储，无法证实`,
  adopted: (count) => `${count} 个封条是在进程意外结束后，对当时未封存的内容补做的`,
  closed: (months) => `按保留期删除（删除前已封存）：${months}`,
  anchor: (path, lines) => `锚文件：${path}，${lines} 行`,
  damagedAnchor: (lines) => `锚文件中无法读取的行：${lines}`,
  keyFrom: {
    file: '公钥：由参数给出',
    folder: '公钥：数据目录中的 audit.pub；能写该目录者即可更换它。请给出另行保存的一份（--key）',
    chain: '公钥：链自身所载，证明力很弱。请给出另行保存的一份（--key）',
  },
  outside: '能写本机者可另造一条新链：请将 audit.pub 与 audit.anchor 的副本保存在别处，核验时给出（--key、--anchor）。',
  kinds: {
    altered: '被改动',
    missing: '缺失',
    inserted: '被插入',
    reordered: '顺序被改',
    truncated: '被截断',
    forged: '并非由此密钥签名',
    unproven: '在被后来的调用替换时已与封存不符',
  },
  places: {
    seal: '封条',
    anchor: '锚行',
    calls: '调用',
    values: '调用的取值',
    findings: '发现',
    decisions: '操作记录',
  },
  problem: (kind, place, row, rows, number) =>
    `  ${place} ${kind}：${row || '无法确定是哪一条'}（${rows} 封条 ${number}）`,
  rows: (count) => `${count} 条，`,
  between: (before, after) => `位于 ${before || '开头'} 与 ${after || '末尾'} 之间`,
  ofSeal: (number) => `第 ${number} 号`,
  failed: '日志未通过核验，详见上文。',
};
