/** What is said of fields, and of documents that describe them, in Simplified Chinese. */
import type { Texts } from './en.ts';

export const schemaZhCn: Texts['schema'] = {
  titles: { parameters: '参数', fields: '响应字段', changes: '变化' },
  columns: {
    in: '位置',
    name: '名称',
    type: '类型',
    share: '出现',
    labels: '数据',
    time: '起始',
    side: '方向',
    change: '变化',
  },
  places: { query: '查询串', body: '正文' },
  path: '路径',
  always: '总是',
  sides: { request: '请求', response: '响应' },
  kinds: { added: '新增', removed: '消失', type: (type) => `另有类型 ${type}` },
  more: (count) => `另有 ${count} 项，可用 --format json 查看。`,
  noApis: (app) => `没有 ${app} 的 API。apiris apps 列出已发现的应用。`,
};
