/** 接口模板人工裁定的中文说法。 */
import type { templatesEn } from './templates-en.ts';

export const templatesZhCn: typeof templatesEn = {
  titles: { lock: '模板已锁定', merge: '人工合并', split: '人工拆分' },
  options: {
    lock: '裁定：模板保持不变',
    split: '裁定：符合该路径的不属于本接口；* 代表任意字符，如 /users/search、/users/s*',
    merge: '裁定：这些接口实为同一接口（接口编号，逗号分隔）',
  },
  later: '正在运行的设备将在一分钟内生效。',
  errors: {
    one: '一次只能做一项模板裁定：--lock、--split、--merge 或 --take-back。',
    badPattern: (given) => `“${given}”不是路径：应以 / 开头，且不超过 300 个字符。`,
    badIds: (given) => `“${given}”不是接口编号：请给出接口编号，用逗号分隔。`,
    noParts: '该接口没有可拆分的部分：其参数由书写形式直接识别。',
    nothingFits: (pattern, some) => `其中没有符合 ${pattern} 的部分。已并入的有：${some}。`,
    nothingToTakeBack: (action) => `没有人对该接口作过 --${action} 裁定，无可撤回。`,
    otherApp: (id, app, own) => `${id} 属于 ${app}，而本接口属于 ${own}，不能合并。`,
    otherKind: (id) => `${id} 的方法或操作不同，不能合并。`,
    otherLength: (id, template) => `${id}（${template}）的路径长度不同，不能合并。`,
  },
};
