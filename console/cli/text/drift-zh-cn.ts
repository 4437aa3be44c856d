/** 声明与实际差异的中文说法。 */
import type { driftEn } from './drift-en.ts';

export const driftZhCn: typeof driftEn = {
  kinds: {
    shadow: '影子接口',
    zombie: '僵尸接口',
    'retired-used': '已下线仍在使用',
    unregistered: '未登记',
    unused: '已声明未见使用',
    undocumented: '字段未声明',
  },
  columns: { kind: '差异', field: '字段或日期' },
  help: {
    drift:
      '声明或登记的内容与实际流量的差异：影子接口（有流量、未声明）、僵尸接口（已废弃仍在使用）、已声明未见使用、字段未声明；' +
      '已下线仍在使用、未登记',
    importOpenapi: '导入应用的 OpenAPI 3.0 或 3.1 规范（JSON 或 YAML）',
    openapiFile: '规范文件',
    app: '应用名，与列表中一致；缺省取规范中服务器的主机名',
    importRegister: '从 CSV 文件导入接口上线、下线登记：app,method,template,state,retired',
    registerFile: '首行为列名的 CSV 文件，UTF-8 编码；state 为 approved 或 retired，retired 为下线日期，如 2026-01-31',
    onlyApp: '只看该应用',
    onlyKind: '只看该类差异：shadow、zombie、retired-used、unregistered、unused、undocumented',
  },
  specified: (app, count) => `已为 ${app} 导入 ${count} 个操作。用 apiris drift --app ${app} 查看差异。`,
  nothingDeclared: '尚未导入规范或登记：见 apiris import openapi 与 apiris import register。',
  errors: {
    broken: (file, line, what, advice) => `${file} 第 ${line} 行：${what}；${advice}。`,
    noOpenapi: (file) => `${file} 不是 OpenAPI 3.0 或 3.1 规范：缺少 “openapi: 3.…” 或 paths。`,
    noOperation: (file) => `${file} 中没有声明任何操作；未导入任何内容。`,
    needsApp: '规范没有给出服务器，或给出了多个：请指定 --app。',
    badApi: (file, line) => `${file} 第 ${line} 行：接口应为方法（* 表示任意）和以 / 开头的路径。`,
    badState: (file, line, state) => `${file} 第 ${line} 行：状态“${state}”无法识别；应为 approved 或 retired。`,
    badDay: (file, line, day) => `${file} 第 ${line} 行：“${day}”不是日期；应写作 2026-01-31。`,
    emptyRegister: (file) => `${file} 中没有接口；未导入任何内容。`,
  },
};
