// "I forgot my PIN", on a phone that is signed in: a passkey, or a code on the number of the account; then it waits.
import type { Account, OwnRecovery } from '@sonrisa/protocol/recovery-api.ts';
import { Fingerprint, MessageCircleMore } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { CodeInput } from '../../ui/CodeInput.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { passkeysWork } from '../own/passkeys.ts';
import { usePhone } from '../phone-context.ts';
import type { Enrolment } from '../state.ts';
import { useProofs, useWork } from './use-account.ts';

export const hoursOf = (ms: number): number => Math.round(ms / 3_600_000);

export function ForgotPin({ account, onClose }: { account: Account; onClose: () => void }) {
  const { t } = useTranslation('recovery');
  const { model, tools } = usePhone();
  const { byPasskey } = useProofs(account);
  const { busy, round, problem, run, show } = useWork();
  const [sent, setSent] = useState<Enrolment | null>(null);
  const session = model.session ?? '';
  const ask = (proof: () => Promise<Extract<OwnRecovery, { kind: 'pin' }>['proof']>): void =>
    run(async () => tools.recovery.askOwn(session, { kind: 'pin', proof: await proof() }), (next) => (show(next), onClose()));
  const enter = (code: string): void =>
    ask(async () => {
      if (sent === null) throw new Error('no code was sent');
      const who = { id: sent.view.id, token: sent.token };
      await tools.client.enterCode(who, code);
      return { enrolment: who };
    });
  const { sms, passkey } = account.coolDownMs;
  return (
    <Dialog title={t('forgotPin')} testId="forgot-pin-dialog" onClose={onClose}>
      {problem ? <Problem code={problem} /> : null}
      {sent === null ? (
        <>
          <p className="text-soft">{t('forgotText', { sms: hoursOf(sms), passkey: hoursOf(passkey) })}</p>
          {account.passkeyIds.length > 0 && passkeysWork() ? (
            <Button look="primary" wide testId="forgot-passkey" disabled={busy} onClick={() => ask(() => byPasskey('pin', ''))}>
              <Fingerprint aria-hidden="true" /> {t('forgotPasskey')}
            </Button>
          ) : null}
          <Button wide testId="forgot-sms" disabled={busy || account.phoneMasked === null} onClick={() => run(() => tools.recovery.numberCode(session), setSent)}>
            <MessageCircleMore aria-hidden="true" /> {t('forgotSms')}
          </Button>
        </>
      ) : (
        <>
          <p className="text-soft">{t('phone:codeText', { phone: sent.view.phoneMasked })}</p>
          <CodeInput key={round} label={t('code')} disabled={busy} onComplete={enter} />
        </>
      )}
    </Dialog>
  );
}
