/** 在已存调用上试运行规则时的中文说法。 */
import type { ruleTrialEn } from './rule-trial-en.ts';

export const ruleTrialZhCn: typeof ruleTrialEn = {
  help: {
    try: '在已存的调用上试运行一个文件里的规则：看它们本会发现什么；不存储任何结果',
    file: '规则文件，或存放规则文件的文件夹',
    replayRules: '本次回放也生效的规则文件或文件夹；可多次给出',
  },
  tried: (calls, seconds, rate, findings) =>
    `试运行了 ${calls} 次调用，用时 ${seconds} 秒（每秒 ${rate} 次）：${findings} 个发现。未存储任何结果。`,
  beyond: (count) => `另有 ${count} 个发现容纳不下，未列出。`,
  refused: (rule, fields) => `${rule} 无法试运行：已存的调用没有 ${fields}。`,
  hint: (file) => `可对抓包文件运行它：apiris replay CAPTURE --rules ${file} --data NEW-FOLDER。`,
  nothing: (file) => `${file}：其中没有可以试运行的规则。`,
  problems: '文件中有一部分未生效：',
};
