// The vault shows another key than the pinned one: nothing is sent until a person decides.
import { KeyRound } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { forgetInstallation } from '../installation.ts';
import { useKiosk } from '../kiosk-context.ts';
import { Screen, Spot } from '../Screen.tsx';

export function VaultKeyChanged() {
  const { t } = useTranslation('kiosk');
  const { send, tools } = useKiosk();
  const reset = (): void => {
    forgetInstallation(tools.storage);
    send({ type: 'activation_needed', code: null, problem: null });
  };
  return (
    <Screen
      picture={<Spot tone="warn"><KeyRound aria-hidden="true" className="size-12" /></Spot>}
      title={t('keyChangedTitle')}
      text={t('keyChangedText')}
      actions={<Button wide testId="reset-activation" onClick={reset}>{t('keyChangedReset')}</Button>}
    />
  );
}
