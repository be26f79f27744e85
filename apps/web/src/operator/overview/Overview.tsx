// What there is to know without anybody complaining: how many faces are enrolled, and how people pay.
import { useTranslation } from 'react-i18next';
import { Faces } from './Faces.tsx';
import { Ways } from './Ways.tsx';

export function Overview() {
  const { t } = useTranslation('overview');
  return (
    <>
      <div>
        <h1 className="text-3xl font-extrabold">{t('title')}</h1>
        <p className="text-soft mt-1">{t('lead')}</p>
      </div>
      <div className="grid gap-6 items-start lg:grid-cols-2">
        <Faces />
        <Ways />
      </div>
    </>
  );
}
