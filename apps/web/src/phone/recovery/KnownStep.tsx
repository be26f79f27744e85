// The number has an account: its PIN or a passkey signs in, staff help whoever has neither, and a number that was given out again is
// asked for.
import { sealPin } from '@sonrisa/protocol/seal.ts';
import { signInChallenge } from '@sonrisa/protocol/recovery-api.ts';
import { Fingerprint, KeyRound } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { PinPad } from '../../ui/PinPad.tsx';
import { useDay } from '../../i18n/use-day.ts';
import { passkeysWork, proofError, signChallenge } from '../own/passkeys.ts';
import { failedEvent, usePhone, useWho } from '../phone-context.ts';
import { Spot } from '../Spot.tsx';
import { Step } from '../Step.tsx';
import { hoursOf } from './ForgotPin.tsx';

export function KnownStep() {
  const { t } = useTranslation('recovery');
  const { model, busy, byPin, byPasskey, askStaff, notMine } = useKnown();
  const [asking, setAsking] = useState(false);
  const known = model.enrolment?.view.known ?? null;
  const canSign = (known?.passkeyIds.length ?? 0) > 0 && passkeysWork();
  const forgot = model.intent === 'forgot_pin';
  return (
    <Step picture={<Spot><KeyRound aria-hidden="true" className="size-9" /></Spot>} title={t('knownTitle')} text={t(model.intent === 'lost_phone' ? 'knownLost' : 'knownText')}>
      {canSign ? (
        <Button look="primary" wide testId="known-passkey" disabled={busy} onClick={() => byPasskey(known?.passkeyIds ?? [])}>
          <Fingerprint aria-hidden="true" /> {t('knownPasskey')}
        </Button>
      ) : null}
      {forgot ? null : (
        <>
          <p className="text-soft">{t(canSign ? 'knownOr' : 'knownPin')}</p>
          <PinPad label={t('knownPin')} testId="known-pin" busy={busy} onDone={byPin} />
        </>
      )}
      <Button look={forgot ? 'soft' : 'quiet'} wide testId="known-forgot" disabled={busy} onClick={askStaff}>
        {t(forgot ? 'askReference' : 'knownForgot')}
      </Button>
      <Claim endsAtMs={known?.claimEndsAtMs ?? null} busy={busy} onAsk={() => setAsking(true)} onTake={notMine} />
      {asking ? (
        <Dialog title={t('notMineTitle')} testId="not-mine" onClose={() => setAsking(false)}>
          <p>{t('notMineText', { hours: hoursOf(known?.claimWaitMs ?? 0) })}</p>
          <Button look="soft" wide testId="not-mine-yes" onClick={() => (setAsking(false), notMine())}>
            {t('notMineYes')}
          </Button>
        </Dialog>
      ) : null}
    </Step>
  );
}

function Claim(props: { endsAtMs: number | null; busy: boolean; onAsk: () => void; onTake: () => void }) {
  const { t } = useTranslation('recovery');
  const { tools } = usePhone();
  const day = useDay();
  if (props.endsAtMs === null) {
    return (
      <Button look="quiet" wide testId="known-not-mine" disabled={props.busy} onClick={props.onAsk}>
        {t('knownNotMine')}
      </Button>
    );
  }
  if (props.endsAtMs > tools.now()) return <p role="status" data-testid="claim-waits" className="rounded-3xl bg-sunk px-5 py-4 text-left">{t('claimWaits', { at: day(props.endsAtMs) })}</p>;
  return (
    <div className="w-full flex flex-col gap-2">
      <p role="status">{t('claimReady')}</p>
      <Button wide testId="claim-take" disabled={props.busy} onClick={props.onTake}>
        {t('claimTake')}
      </Button>
    </div>
  );
}

function useKnown() {
  const { model, send, tools } = usePhone();
  const who = useWho();
  const [busy, setBusy] = useState(false);
  const run = (work: () => Promise<Parameters<typeof send>[0]>): void => {
    setBusy(true);
    work()
      .then(send)
      .catch((error: unknown) => send(failedEvent(proofError(error))))
      .finally(() => setBusy(false));
  };
  const endOthers = model.intent === 'lost_phone';
  const read = async (view: ReturnType<typeof tools.recovery.signIn>) => ({ type: 'enrolment_read', view: await view }) as const;
  return {
    model, busy,
    byPin: (pin: string) =>
      run(async () => {
        if (!model.keys) throw new ApiError('internal');
        const sealed = await sealPin({ pin, subjectId: who.id, sealedAtMs: tools.now(), serverKey: model.keys.serverKey.jwk });
        return read(tools.recovery.signIn(who, { proof: { pin: sealed }, endOthers }));
      }),
    byPasskey: (passkeyIds: readonly string[]) =>
      run(async () => read(tools.recovery.signIn(who, { proof: { passkey: await signChallenge(await signInChallenge(who.id), passkeyIds) }, endOthers }))),
    askStaff: () =>
      run(async () => {
        const { token, reference } = await tools.recovery.ask(who, {});
        return { type: 'recovery_asked', recovery: { token, reference } };
      }),
    notMine: () => run(() => read(tools.recovery.notMine(who))),
  };
}
