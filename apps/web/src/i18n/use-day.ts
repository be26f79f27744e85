// A moment as people say it: day and time.
import { intlLocale } from './language.ts';
import { useLanguage } from './setup.ts';

export function useDay(): (atMs: number) => string {
  const { language } = useLanguage();
  const format = new Intl.DateTimeFormat(intlLocale(language), { dateStyle: 'medium', timeStyle: 'short' });
  return (atMs) => format.format(atMs);
}
