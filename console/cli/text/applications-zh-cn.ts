/** 应用的中文说法。 */
import type { applicationsEn } from './applications-en.ts';

export const applicationsZhCn: typeof applicationsEn = {
  columns: {
    sensitive: '高敏感',
    kinds: '数据种类',
    watch: '重点监控',
    day: '日期',
    values: '数据量',
    persons: '人数',
  },
  watch: { 'many-kinds': '数据种类多', 'much-data': '数据量大', 'many-persons': '涉及人数多' },
  environments: { dev: '开发', test: '测试', prod: '生产' },
  owner: '责任人',
  environment: '环境',
  audience: '服务对象',
  servers: '服务器',
  outside: '来自公网地址',
  persons: '单次响应涉及人数最多',
  callsValue: (all, daily) => `${all}，日均 ${daily}`,
  daysTitle: '每日访问量与数据流出',
  apisTitle: '所含接口',
  help: {
    app: '单个应用：责任人、接口、每日访问量与数据流出',
    imports: '导入已知信息：应用责任人',
    importOwners: '从 CSV 文件导入应用责任人：app,owner,department,environment,name,audience',
    watch: '只看数据流出量大或种类多的应用',
    appName: '应用名，与列表中一致',
    ownersFile: '首行为列名的 CSV 文件，UTF-8 编码',
    by: '由谁确认',
    note: '信息来源',
  },
  imported: (count) => `已导入 ${count} 条。`,
  errors: {
    noApp: (app) => `没有应用 ${app}；用 apiris apps 查看列表。`,
    unreadable: (file, reason) => `无法读取 ${file}（${reason}）：请给出 UTF-8 编码的 CSV 文件。`,
    noColumn: (file, column) => `${file} 第一行缺少列 ${column}，请补上列名。`,
    unknownColumn: (file, column, known) => `${file} 第一行的列 ${column} 无法识别；可用列：${known}。`,
    noAppIn: (file, line) => `${file} 第 ${line} 行缺少应用名；未导入任何内容。`,
    fields: (file, line, found, wanted) =>
      `${file} 第 ${line} 行有 ${found} 个字段，而首行有 ${wanted} 个；未导入任何内容。`,
    empty: (file) => `${file} 中没有应用；未导入任何内容。`,
    needs: (option) => `导入需要 ${option}：请说明由谁确认、信息来自哪里。`,
  },
};
