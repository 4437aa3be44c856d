/** Fields that people said hold no such data, in Simplified Chinese. */
import type { fieldsEn } from './fields-en.ts';

export const fieldsZhCn: typeof fieldsEn = {
  title: '非敏感字段',
  earlier: '此前的调用也按此显示。',
  later: '从下一次调用起生效。此前的调用保留原标签：其他字段也给出过该标签，或无法确定来自哪个字段。',
  errors: {
    needs: (option: string) => `对字段的判定需要 ${option}：请说明由谁判定、为什么。`,
    badField: (given: string) =>
      `“${given}”不是字段：请写字段路径，例如 data[].code、request.query.id 或 '*'，如只针对一种标签，在后面加 =标签。`,
    both: '--not-sensitive 与 --sensitive 相互矛盾：请只给出一个。',
  },
  options: {
    notSensitive: '判定字段不含此类数据：[request.|response.]路径[=标签]，* 代表任意字符',
    sensitive: '撤回该判定',
  },
};
