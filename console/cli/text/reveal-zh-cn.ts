import type { revealEn } from './reveal-en.ts';

/** 明文还原的中文说法。 */
export const revealZhCn: typeof revealEn = {
  help: {
    reveal:
      '还原密封留存的一次交互的明文：一人申请并说明理由，另一人用自己的密钥批准，申请人在限定时间内查看；每一步都记入日志。' +
      '不带参数时列出全部申请',
    uid: '哪次交互：调用的 uid',
    label: '只申请这些类别的值，例如 mobile',
    whole: '申请整个交互',
    by: '申请人或查看人',
    note: '理由',
    approve: '批准这一申请',
    key: '批准人的私钥（X25519，PEM，权限 600）',
    minutes: '可查看多久；不超过 privacy.evidence.minutes',
    end: '收回这一申请或批准',
  },
  columns: {
    time: '时间',
    request: '申请',
    by: '申请人',
    exchange: '交互',
    what: '内容',
    state: '状态',
    approver: '批准人',
    shown: '查看次数',
    note: '说明',
    label: '类别',
    value: '值',
    place: '位置',
  },
  states: { asked: '待批准', ended: '已结束', until: (time: string) => `有效至 ${time}` },
  whole: '整个交互',
  asked: (request: string, approvers: string) =>
    `申请 ${request} 等待以下任一人批准：${approvers}。批准人执行：\n  apiris reveal --approve ${request} --key FILE --note TEXT`,
  approved: (approver: string, by: string, until: string) => `${approver} 已批准：${by} 可查看至 ${until}。`,
  ended: '已收回。',
  granted: (approver: string, request: string, until: string) =>
    `明文数据，由 ${approver} 批准（申请 ${request}），有效至 ${until}。本次查看已记入日志。`,
  noValue: '所留存的内容中没有获批类别的值。',
  cut: (captured: string, bytes: string) => `…（共 ${bytes} 字节，留存了 ${captured} 字节）`,
  problems: {
    'not-kept': '这次交互没有留存：已过期、其中没有要找的数据，或读取时未开启留存（privacy.evidence）。',
    stranger: '这不是 privacy.evidence.approvers 中任何人的私钥。',
    'same-person': '申请人不能批准自己的申请，必须由第二人批准。',
    'other-key': '这次交互密封时，该密钥尚不属于批准人：须由其他批准人批准。',
    'not-granted': '目前没有批准此人查看这次交互。见 apiris reveal；用 --label 或 --whole 申请。',
    damaged: '留存的内容无法打开：evidence.key 已不是当时的密钥，或文件被改动。',
  },
  errors: {
    off: '未开启留存：配置中没有 privacy.evidence。',
    nobody: '除申请人外无人可以批准：请再指定一名批准人（privacy.evidence.approvers）。',
    needs: (option: string) => `还需要 ${option}。`,
    oneThing: '只能给出其中一项：交互、--approve、--end。',
    labelOrWhole: '--label 与 --whole 只能给一个。',
    sayWhat: '请说明要看什么：--label LABEL… 或 --whole。',
    badUid: (text: string) => `“${text}”不是交互：请给出调用的 uid，例如 5f0c1d2e3a4b5c6d-3。`,
    badLabel: (text: string) => `“${text}”不是数据类别，见 apiris labels。`,
    badRequest: (text: string) => `“${text}”不是申请：请给出其 id 或开头几位。`,
    noRequest: (text: string) => `没有申请“${text}”，或有多个；见 apiris reveal。`,
    minutes: (most: string) => `--minutes 须为 1 至 ${most}（privacy.evidence.minutes）。`,
    over: '这一申请已被批准或已结束，见 apiris reveal。',
  },
};
