/** Kinds of data, in Simplified Chinese. */
import type { labelsEn } from './labels-en.ts';

export const labelsZhCn: typeof labelsEn = {
  columns: { label: '标签', title: '名称' },
  short: { 'sensitive-personal': '敏感个人', sensitive: '敏感', personal: '个人', general: '一般' },
};
