// Ways back into an account, from the sign-in page.
import { ChevronRight, KeyRound, LifeBuoy, Phone, SmartphoneNfc, type LucideIcon } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { usePhone } from '../phone-context.ts';
import { Spot } from '../Spot.tsx';
import type { Intent } from '../state.ts';
import { Step } from '../Step.tsx';

const ways: readonly { intent: Intent; icon: LucideIcon }[] = [
  { intent: 'forgot_pin', icon: KeyRound },
  { intent: 'lost_phone', icon: SmartphoneNfc },
  { intent: 'new_number', icon: Phone },
];

export function Help() {
  const { t } = useTranslation('recovery');
  const { send } = usePhone();
  return (
    <Step
      picture={<Spot><LifeBuoy aria-hidden="true" className="size-9" /></Spot>}
      title={t('helpTitle')}
      text={t('helpText')}
      actions={
        <Button look="quiet" wide testId="no-help" onClick={() => send({ type: 'start_over' })}>
          {t('helpBack')}
        </Button>
      }
    >
      <ul className="w-full flex flex-col gap-3">
        {ways.map(({ intent, icon: Icon }) => (
          <li key={intent}>
            <button
              type="button"
              data-testid={`help-${intent}`}
              className="w-full rounded-[2rem] bg-card border border-line hover:border-edge px-5 py-4 flex items-center gap-3 text-left transition-colors duration-150"
              onClick={() => send({ type: 'help_chosen', intent })}
            >
              <Icon aria-hidden="true" className="size-7 shrink-0 text-crust" />
              <span className="flex-1 min-w-0">
                <span className="block font-bold">{t(`help_${intent}`)}</span>
                <span className="block text-sm text-soft">{t(`help_${intent}_text`)}</span>
              </span>
              <ChevronRight aria-hidden="true" className="size-6 shrink-0 text-soft" />
            </button>
          </li>
        ))}
      </ul>
    </Step>
  );
}
