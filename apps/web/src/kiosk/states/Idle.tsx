// Nobody there yet: a warm shop window, one tap to begin.
import { useTranslation } from 'react-i18next';
import { ShopWindow } from '../../ui/bakery/ShopWindow.tsx';
import { Button } from '../../ui/Button.tsx';
import { useKiosk } from '../kiosk-context.ts';

export function Idle() {
  const { t } = useTranslation('kiosk');
  const { send } = useKiosk();
  return (
    <div className="m-auto w-full max-w-3xl px-6 py-4 flex flex-col items-center gap-6 text-center landscape:max-w-6xl landscape:flex-row landscape:text-left landscape:gap-12">
      <ShopWindow className="w-full max-w-xl landscape:w-1/2" />
      <div className="flex flex-col gap-4 items-center landscape:items-start">
        <h1 className="text-6xl font-extrabold leading-none tracking-tight">{t('idleTitle')}</h1>
        <p className="text-2xl text-soft max-w-md">{t('idleText')}</p>
        <Button look="primary" size="large" testId="begin" className="mt-4 min-w-72 text-2xl min-h-20" onClick={() => send({ type: 'touched' })}>
          {t('idleStart')}
        </Button>
        <p className="text-base text-soft mt-2">{t('otherWaysHere')}</p>
      </div>
    </div>
  );
}
