// Before anything is agreed to: of age, or younger. Two buttons of one weight, so that neither answer is the easy one; whoever is younger is told how a
// guardian opens a wallet for them.
import { HeartHandshake } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/Button.tsx';
import { Step } from './Step.tsx';

/** Null: not said yet. */
export type Age = 'adult' | 'younger' | null;

export function AgeStep({ adultAgeYears, age, onAge }: { adultAgeYears: number; age: Exclude<Age, 'adult'>; onAge: (age: Age) => void }) {
  const { t } = useTranslation('phone');
  if (age === 'younger') return <GuardianNeeded onBack={() => onAge(null)} />;
  return (
    <Step title={t('ageTitle')} text={t('ageText')}>
      <div role="group" aria-label={t('ageTitle')} className="w-full flex flex-col gap-3 mt-2">
        <Button size="large" wide testId="age-adult" onClick={() => onAge('adult')}>
          {t('ageAdult', { age: adultAgeYears })}
        </Button>
        <Button size="large" wide testId="age-younger" onClick={() => onAge('younger')}>
          {t('ageYounger', { age: adultAgeYears })}
        </Button>
      </div>
    </Step>
  );
}

function GuardianNeeded({ onBack }: { onBack: () => void }) {
  const { t } = useTranslation('phone');
  return (
    <Step
      picture={
        <span className="mt-4 size-24 rounded-full bg-glow text-crust flex items-center justify-center">
          <HeartHandshake aria-hidden="true" className="size-12" />
        </span>
      }
      title={t('ageGuardianTitle')}
      text={t('ageGuardianText')}
      actions={
        <Button look="plain" wide testId="age-back" onClick={onBack}>
          {t('ageBack')}
        </Button>
      }
    >
      <ol data-testid="guardian-needed" className="w-full rounded-3xl bg-card border border-line px-5 py-4 flex flex-col gap-3 text-left list-decimal list-inside">
        <li>{t('ageGuardian1')}</li>
        <li>{t('ageGuardian2')}</li>
        <li>{t('ageGuardian3')}</li>
      </ol>
      <p className="rounded-3xl bg-sunk px-5 py-4 text-soft">{t('ageGuardianNothing')}</p>
    </Step>
  );
}
