// Where the money of a case is, in a word.
import { useTranslation } from 'react-i18next';
import type { MoneyState } from './money-state.ts';

const looks: Record<MoneyState, string> = {
  coming: 'bg-sunk text-soft',
  asked: 'bg-warn-glow text-warn',
  carried: 'bg-glow text-ink',
  recovered: 'bg-good-glow text-good',
  lost: 'bg-sunk text-ink',
  returned: 'bg-good-glow text-good',
  kept: 'bg-sunk text-soft',
  proposed: 'bg-warn-glow text-warn',
};

export function MoneyBadge({ state }: { state: MoneyState }) {
  const { t } = useTranslation('cases');
  return (
    <span data-testid="money-state" data-money={state} className={`inline-block rounded-full px-3 py-1 text-sm font-bold ${looks[state]}`}>
      {t(`money_${state}`)}
    </span>
  );
}
