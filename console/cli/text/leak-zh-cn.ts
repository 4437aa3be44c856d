/** What is said of a leaked sample in Simplified Chinese. */
import type { Texts } from './en.ts';

export const leakZhCn: Texts['leak'] = {
  help: '泄露数据文件，每行一个值或按列（CSV），最多 10,000 行：查出谁得到过其中全部',
  unreadable: (file, reason) => `无法读取 ${file}：${reason}`,
  tooLong: (file, most) => `${file} 超过 ${most} 行：请拆分或抽样；一百个值已足以指认。`,
  encoding: (file) => `${file} 不是 UTF-8、带标记的 UTF-16 或 GB18030 文本：请另存为 UTF-8；电子表格请另存为 CSV。`,
  nothing: (file, masked) =>
    `${file} 中没有一行符合按值留存的数据类型（其中 ${masked} 行已脱敏：一个掩码对应许多值）。`,
  sample: (usable, lines, kinds) => `${lines} 行中有 ${usable} 个不同的值：${kinds}`,
  skipped: (count, lines) => `${count} 行不符合按值留存的数据类型，已略去：第 ${lines} 行`,
  masked: (count, lines) => `${count} 行已脱敏且掩去过多，已略去：第 ${lines} 行`,
  guessed: (count, tried, lines) =>
    `${count} 行已脱敏：已查找掩码可能对应的每个值（共 ${tried} 个）。其证明力弱于原值，多人可能同一掩码：第 ${lines} 行`,
  maskedValue: (tried, seen) => `按掩码查找：其可能对应的 ${tried} 个值中见过 ${seen} 个，可能属于不同的人。`,
  openMask: '掩码掩去过多，无法查找：请给出手机号、身份证号或银行卡号的更多位。',
  none: '已存储的内容中没有见过这些值。',
  found: (found, usable, calls, accounts, clients, apis) =>
    `${usable} 个值中见过 ${found} 个：涉及 ${calls} 次调用、${accounts} 个账号、${clients} 个客户端、${apis} 个 API。`,
  narrowest: {
    account: (key, matched, of) => `最窄的解释：账号 ${key} 得到过所见 ${of} 个值中的 ${matched} 个。`,
    client: (key, matched, of) => `最窄的解释：客户端 ${key} 得到过所见 ${of} 个值中的 ${matched} 个。`,
    api: (key, matched, of) => `最窄的解释：API ${key} 给出过所见 ${of} 个值中的 ${matched} 个。`,
  },
  runnerUp: (key, matched) => `同类中其次是 ${key}，得到过 ${matched} 个。`,
  oneCall: (uid, matched) => `仅一次调用就包含其中 ${matched} 个：${uid}。`,
  cover: (parts) => `没有谁单独得到过其中九成。合起来可由下列各项解释：${parts}。`,
  completeness: (share) => `这些调用的报文已见 ${share}。`,
  columns: { had: '得到', calls: '调用', persons: '人数', first: '最早', last: '最近' },
  titles: { account: '账号', client: '客户端', api: 'API 接口', app: '应用', day: '日期' },
  subject: {
    userAgent: '只看 User-Agent 含此文本的调用',
    referer: '只看 Referer 含此文本的调用',
    session: '只看此会话的调用（哈希或其开头）',
    device: '只看此类设备的调用：chrome/windows、okhttp 等',
  },
  path: {
    help: '同时还原途径：嫌疑调用者自登录起前后所做的事，按时间线列出',
    title: (kind, key) => `${kind} ${key} 的途径`,
    kinds: { account: '账号', session: '会话', client: '客户端' },
    columns: { last: '止于', step: '步骤', traced: '命中' },
    roles: { login: '登录', logout: '退出', listing: '列表', detail: '详情', export: '导出', other: '其他' },
    failed: (role) => `${role}（失败）`,
    someFailed: (role, count) => `${role}（${count} 次失败）`,
    completeness: (calls, share) =>
      `共 ${calls} 次调用，其报文已见 ${share}。重复的步骤只列一次；探针未见的调用不在其中。`,
    cut: '此处未列全：请用 --since 与 --until 缩小范围。',
    none: '没有可还原途径的已知调用者。',
  },
  cards: { data: '涉及的数据', owners: '责任人', owner: '负责人', department: '部门', name: '名称' },
  evidence: {
    exports: '将查明的内容移交给他方',
    help: '一条发现的签名压缩包：脱敏调用、台账、规则原文，以及用 openssl 与 sha256sum 核验的方法',
    out: '要写入的文件（默认：evidence-ID.zip）',
    by: '由谁取出（默认：本进程的用户）；记入日志',
    written: (file, writer) => `已写入 ${file}，由 ${writer} 签名。核验方法见其中的 VERIFY.txt。`,
  },
};
