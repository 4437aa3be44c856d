/** Which language to speak. */
import type { Texts } from './en.ts';
import { en } from './en.ts';
import { zhCn } from './zh-cn.ts';

export const languages = ['en', 'zh-CN'] as const;
export type Language = (typeof languages)[number];

/** `zh`, `zh_CN.UTF-8`, `en-GB` … to one of ours; null when it names neither. */
export function parseLanguage(name: string): Language | null {
  const primary = /^[a-z]+/i.exec(name)?.[0].toLowerCase();
  return primary === 'zh' ? 'zh-CN' : primary === 'en' ? 'en' : null;
}

/** The first variable that is set decides (POSIX: LC_ALL, LC_MESSAGES, LANG); English where it names another language. */
export function languageOf(env: Readonly<Record<string, string | undefined>>): Language {
  const named = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  return parseLanguage(named) ?? 'en';
}

export function textsOf(language: Language): Texts {
  return language === 'zh-CN' ? zhCn : en;
}
