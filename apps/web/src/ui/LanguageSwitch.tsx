// Chinese or English, on every screen.
import { useTranslation } from 'react-i18next';
import { useLanguage } from '../i18n/setup.ts';

export function LanguageSwitch(props: { className?: string }) {
  const { t } = useTranslation('ui');
  const { language, setLanguage } = useLanguage();
  return (
    <button
      type="button"
      data-testid="language"
      aria-label={`${t('language')}: ${t('languageLabel')}`}
      className={`min-h-12 min-w-12 px-3 rounded-full font-bold whitespace-nowrap text-ink hover:bg-sunk transition-colors duration-150 ${props.className ?? ''}`}
      onClick={() => setLanguage(language === 'zh' ? 'en' : 'zh')}
    >
      {t('language')}
    </button>
  );
}
