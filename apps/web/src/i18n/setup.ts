// Starts i18next with the texts of one entry. Both languages come along: the switch is on every screen and must be instant.
import i18next from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';
import { chooseLanguage, intlLocale, languageStorageKey, type Language } from './language.ts';
import { problems as enProblems } from './texts/en/problems.ts';
import { ui as enUi } from './texts/en/ui.ts';
import { problems as zhProblems } from './texts/zh/problems.ts';
import { ui as zhUi } from './texts/zh/ui.ts';

type Texts = Record<string, string>;

export async function startTexts(extra: Record<string, { en: Texts; zh: Texts }>): Promise<void> {
  const language = chooseLanguage({ kept: readKept(), preferred: navigator.languages });
  const en: Record<string, Texts> = { ui: enUi, problems: enProblems };
  const zh: Record<string, Texts> = { ui: zhUi, problems: zhProblems };
  for (const [namespace, texts] of Object.entries(extra)) {
    en[namespace] = texts.en;
    zh[namespace] = texts.zh;
  }
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    supportedLngs: ['zh', 'en'],
    resources: { en, zh },
    ns: Object.keys(en),
    defaultNS: 'ui',
    keySeparator: false,
    nsSeparator: ':',
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  });
  showLanguage(language);
}

export function useLanguage(): { language: Language; setLanguage: (language: Language) => void } {
  const { i18n } = useTranslation();
  return {
    language: i18n.language === 'zh' ? 'zh' : 'en',
    setLanguage: (language) => {
      keep(language);
      showLanguage(language);
      void i18n.changeLanguage(language);
    },
  };
}

function showLanguage(language: Language): void {
  document.documentElement.lang = language === 'zh' ? 'zh' : intlLocale(language);
}

// Storage may be refused altogether; the language then lasts as long as the page.
function readKept(): string | null {
  try {
    return localStorage.getItem(languageStorageKey);
  } catch {
    return null;
  }
}

function keep(language: Language): void {
  try {
    localStorage.setItem(languageStorageKey, language);
  } catch {
    return;
  }
}
