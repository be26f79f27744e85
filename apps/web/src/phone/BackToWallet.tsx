// The way back that every page behind the wallet has, in one place.
import { ArrowLeft } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/Button.tsx';
import { usePhone } from './phone-context.ts';

export function BackToWallet() {
  const { t } = useTranslation('phone');
  const { send } = usePhone();
  return (
    <Button look="quiet" size="small" className="self-start -ml-4 -my-2" testId="to-wallet" onClick={() => send({ type: 'go_home' })}>
      <ArrowLeft aria-hidden="true" className="size-5" /> {t('wallet')}
    </Button>
  );
}
