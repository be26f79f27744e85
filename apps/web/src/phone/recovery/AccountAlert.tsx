// On the wallet: something of the account itself is under way, or the account has lost its number. Whoever looks at their money sees it.
import { ChevronRight, ShieldAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useDay } from '../../i18n/use-day.ts';
import { usePhone } from '../phone-context.ts';
import { useAccount } from './use-account.ts';

export function AccountAlert() {
  const { t } = useTranslation('recovery');
  const { send } = usePhone();
  const day = useDay();
  const { data } = useAccount();
  if (!data) return null;
  const { recoveries, guardedUntilMs, phoneMasked } = data;
  const lines = [
    ...recoveries.map(({ id, kind }) => ({ key: id, text: t(`kind_${kind}`) })),
    ...(phoneMasked === null ? [{ key: 'number', text: t('numberNone') }] : []),
    ...(guardedUntilMs === null ? [] : [{ key: 'guarded', text: t('guarded', { at: day(guardedUntilMs) }) }]),
  ];
  if (lines.length === 0) return null;
  return (
    <button type="button" data-testid="account-alert" className="rounded-[2rem] bg-warn-glow px-5 py-4 flex items-center gap-3 text-left" onClick={() => send({ type: 'account_wanted' })}>
      <ShieldAlert aria-hidden="true" className="size-7 shrink-0 text-warn" />
      <span role="status" className="flex-1 min-w-0">
        <span className="block font-bold">{t('accountTitle')}</span>
        {lines.map(({ key, text }) => (
          <span key={key} className="block text-sm">{text}</span>
        ))}
      </span>
      <ChevronRight aria-hidden="true" className="size-6 shrink-0 text-soft" />
    </button>
  );
}
