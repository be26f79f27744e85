// What the risk rules asked for, in a word or two: the stricter, the warmer.
import type { RiskOutcome } from '@sonrisa/protocol/risk-api.ts';
import { useTranslation } from 'react-i18next';

const looks: Record<RiskOutcome, string> = {
  allow: 'bg-good-glow text-good',
  ask_digits: 'bg-sunk text-ink',
  ask_pin: 'bg-sunk text-ink',
  confirm_on_phone: 'bg-glow text-ink',
  refuse: 'bg-warn-glow text-warn',
};

export function Outcome({ outcome }: { outcome: RiskOutcome }) {
  const { t } = useTranslation('operator');
  return (
    <span data-outcome={outcome} className={`inline-block rounded-full px-3 py-1 text-sm font-bold whitespace-nowrap ${looks[outcome]}`}>
      {t(`outcome_${outcome}`)}
    </span>
  );
}
