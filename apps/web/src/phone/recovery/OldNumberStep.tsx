// A new number without any phone that is signed in: which account, and the PIN if it is known. Whether that number has an account is
// told to nobody.
import { sealPin } from '@sonrisa/protocol/seal.ts';
import { Phone } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { PinPad } from '../../ui/PinPad.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { failedEvent, usePhone, useWho } from '../phone-context.ts';
import { Spot } from '../Spot.tsx';
import { Step } from '../Step.tsx';

export function OldNumberStep() {
  const { t } = useTranslation('recovery');
  const { model, send, tools } = usePhone();
  const who = useWho();
  const [old, setOld] = useState('');
  const [asksPin, setAsksPin] = useState(false);
  const [busy, setBusy] = useState(false);
  const ask = (pin: string | null): void => {
    setAsksPin(false);
    setBusy(true);
    const run = async (): Promise<void> => {
      const sealed = pin === null || !model.keys ? null : await sealPin({ pin, subjectId: who.id, sealedAtMs: tools.now(), serverKey: model.keys.serverKey.jwk });
      const { token, reference } = await tools.recovery.ask(who, { oldPhone: old.trim(), ...(sealed === null ? {} : { pin: sealed }) });
      send({ type: 'recovery_asked', recovery: { token, reference } });
    };
    run()
      .catch((error: unknown) => send(failedEvent(error)))
      .finally(() => setBusy(false));
  };
  return (
    <form
      className="contents"
      onSubmit={(event) => {
        event.preventDefault();
        setAsksPin(true);
      }}
    >
      <Step
        picture={<Spot><Phone aria-hidden="true" className="size-9" /></Spot>}
        title={t('oldTitle')}
        text={t('oldText')}
        actions={
          <Button type="submit" look="primary" size="large" wide testId="ask-reference" disabled={busy || old.trim() === ''}>
            {t('askReference')}
          </Button>
        }
      >
        <TextField label={t('oldLabel')} note={t('oldNote')} testId="old-number" type="tel" inputMode="tel" autoComplete="off" value={old} onChange={setOld} maxLength={32} />
        <Button look="quiet" size="small" testId="no-help" onClick={() => send({ type: 'start_over' })}>
          {t('helpBack')}
        </Button>
        {asksPin ? (
          <Dialog title={t('oldPinTitle')} testId="old-pin" onClose={() => setAsksPin(false)}>
            <p className="text-soft">{t('oldPinText')}</p>
            <PinPad label={t('knownPin')} testId="old-pin-pad" onDone={ask} />
            <Button wide testId="old-pin-skip" onClick={() => ask(null)}>
              {t('oldPinSkip')}
            </Button>
          </Dialog>
        ) : null}
      </Step>
    </form>
  );
}
