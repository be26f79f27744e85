// The mark: a bun that smiles.
import { useTranslation } from 'react-i18next';

export function Mark(props: { className?: string }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 64 64" className={props.className ?? 'size-10'}>
      <rect width="64" height="64" rx="22" className="fill-crust" />
      <circle cx="23" cy="26" r="4" className="fill-on-crust" />
      <circle cx="41" cy="26" r="4" className="fill-on-crust" />
      <path d="M17 37c4 8 9 11 15 11s11-3 15-11" fill="none" strokeWidth="5" strokeLinecap="round" className="stroke-on-crust" />
    </svg>
  );
}

export function Brand() {
  const { t } = useTranslation('ui');
  return (
    <span className="inline-flex items-center gap-2.5 font-extrabold text-lg">
      <Mark className="size-9" />
      {t('brand')}
    </span>
  );
}
