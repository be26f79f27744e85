// "My number changes", on a phone that is signed in: a code on the new number, then the PIN or a passkey; then it waits.
import type { Account } from '@sonrisa/protocol/recovery-api.ts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLanguage } from '../../i18n/setup.ts';
import { Button } from '../../ui/Button.tsx';
import { CodeInput } from '../../ui/CodeInput.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { usePhone } from '../phone-context.ts';
import type { Enrolment } from '../state.ts';
import { hoursOf } from './ForgotPin.tsx';
import { ProvePanel } from './ProvePanel.tsx';
import { useWork } from './use-account.ts';

export function ChangeNumber({ account, onClose }: { account: Account; onClose: () => void }) {
  const { t } = useTranslation('recovery');
  const { model, tools } = usePhone();
  const { language } = useLanguage();
  const { busy, round, problem, run, show } = useWork();
  const [phone, setPhone] = useState('');
  const [sent, setSent] = useState<Enrolment | null>(null);
  const [proved, setProved] = useState<{ id: string; token: string } | null>(null);
  const start = (): void => run(() => tools.client.start({ phone: phone.trim(), name: account.name, locale: language, purpose: 'new_number' }), setSent);
  const enter = (code: string): void =>
    run(async () => {
      if (sent === null) throw new Error('no code was sent');
      const who = { id: sent.view.id, token: sent.token };
      await tools.client.enterCode(who, code);
      return who;
    }, setProved);
  return (
    <Dialog title={t('changeNumber')} testId="change-number-dialog" onClose={onClose}>
      {problem ? <Problem code={problem} /> : null}
      {proved ? (
        <ProvePanel
          account={account}
          purpose="number"
          enrolmentId={proved.id}
          busy={busy}
          round={round}
          onProof={(prove) => run(async () => tools.recovery.askOwn(model.session ?? '', { kind: 'number', enrolment: proved, proof: await prove() }), (next) => (show(next), onClose()))}
        />
      ) : sent ? (
        <>
          <p className="text-soft">{t('phone:codeText', { phone: sent.view.phoneMasked })}</p>
          <CodeInput key={round} label={t('code')} disabled={busy} onComplete={enter} />
        </>
      ) : (
        <form
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            start();
          }}
        >
          <p className="text-soft">{t('changeText', { hours: hoursOf(account.coolDownMs.number) })}</p>
          <TextField label={t('newNumber')} note={t('newNumberNote')} testId="new-number" type="tel" inputMode="tel" autoComplete="tel" value={phone} onChange={setPhone} maxLength={32} />
          <Button type="submit" look="primary" wide testId="send-code" disabled={busy || phone.trim() === ''}>
            {t('sendCode')}
          </Button>
        </form>
      )}
    </Dialog>
  );
}
