// A moment as people say it: day and time.
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';

export function useDay(): (atMs: number) => string {
  const { language } = useLanguage();
  const format = new Intl.DateTimeFormat(intlLocale(language), { dateStyle: 'medium', timeStyle: 'short' });
  return (atMs) => format.format(atMs);
}
