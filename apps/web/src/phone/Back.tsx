// The way back that every page behind the wallet has.
import { ArrowLeft } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/Button.tsx';
import { usePhone } from './phone-context.ts';
import type { PhoneEvent } from './state.ts';

function Back({ testId, label, event }: { testId: string; label: string; event: PhoneEvent }) {
  const { send } = usePhone();
  return (
    <Button look="quiet" size="small" className="self-start -ml-4 -my-2" testId={testId} onClick={() => send(event)}>
      <ArrowLeft aria-hidden="true" className="size-5" /> {label}
    </Button>
  );
}

export function BackToWallet() {
  const { t } = useTranslation('phone');
  return <Back testId="to-wallet" label={t('wallet')} event={{ type: 'go_home' }} />;
}

export function BackToMyPhone() {
  const { t } = useTranslation('limits');
  return <Back testId="back-my-phone" label={t('back')} event={{ type: 'my_phone_wanted' }} />;
}

/** From everything about one child. */
export function BackToChildren() {
  const { t } = useTranslation('children');
  return <Back testId="back-children" label={t('title')} event={{ type: 'children_wanted' }} />;
}
