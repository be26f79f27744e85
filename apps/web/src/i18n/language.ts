// Which language a screen starts in: the one chosen before, else the browser's, else English.
export type Language = 'zh' | 'en';

export const languageStorageKey = 'sonrisa.language';

export function chooseLanguage(input: { kept: string | null; preferred: readonly string[] }): Language {
  if (input.kept === 'zh' || input.kept === 'en') return input.kept;
  const first = input.preferred.map((tag) => tag.toLowerCase().slice(0, 2)).find((tag) => tag === 'zh' || tag === 'en');
  return first === 'zh' ? 'zh' : 'en';
}

/** The tag given to Intl and to the document. */
export const intlLocale = (language: Language): string => (language === 'zh' ? 'zh-CN' : 'en');
