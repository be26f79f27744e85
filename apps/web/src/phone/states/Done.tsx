// The account is open: what is kept, in one sentence, and where to go now.
import { Check } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { Money } from '../../ui/Money.tsx';
import { AddPasskey } from '../own/AddPasskey.tsx';
import { passkeysWork } from '../own/passkeys.ts';
import { usePhone } from '../phone-context.ts';
import { Step } from '../Step.tsx';
import { useMe } from '../use-me.ts';

export function Done() {
  const { t } = useTranslation('phone');
  const { model, send } = usePhone();
  const me = useMe();
  return (
    <Step
      picture={
        <span className="mt-8 size-28 rounded-full bg-good text-paper flex items-center justify-center animate-pop">
          <Check aria-hidden="true" className="size-16" strokeWidth={3} />
        </span>
      }
      title={t('doneTitle', { name: me.data?.name ?? '' })}
      text={t(model.inviteId ? 'doneInvited' : 'doneText')}
      actions={
        <Button look="primary" size="large" wide testId="to-wallet" onClick={() => send({ type: 'go_home' })}>
          {t('toWallet')}
        </Button>
      }
    >
      {me.data ? <Money amount={me.data.balance} size="large" testId="balance" /> : null}
      <p className="rounded-3xl bg-sunk px-5 py-4 text-soft">{t('doneKept')}</p>
      {me.data && passkeysWork() ? <AddPasskey payerId={me.data.payerId} /> : null}
    </Step>
  );
}
