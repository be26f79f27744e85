// Another amount for one limit. Lower holds at once; higher asks for the passkey or the PIN, and takes its time.
import { raiseChallenge, type MyLimits, type RaiseProof } from '@sonrisa/protocol/limits-api.ts';
import { sealPin } from '@sonrisa/protocol/seal.ts';
import { Fingerprint } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SentenceCode } from '../../i18n/texts/en/problems.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { PinPad } from '../../ui/PinPad.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { passkeysWork, proofError, signChallenge } from '../own/passkeys.ts';
import { usePhone } from '../phone-context.ts';
import type { Limit } from './Limits.tsx';
import { minorOf } from '../../ui/minor-of.ts';
import { useLimitChanges } from './use-limits.ts';
import { useMoneyText } from './use-money-text.ts';

/** `proverId`: whose PIN or passkey proves a raise, where it is not the payer's own. */
type LimitsShown = Pick<MyLimits, 'payerId' | 'currency' | 'passkeyIds' | 'raiseDelayMs'> & { proverId?: string };
type ChangeProps = { limit: Limit; limits: LimitsShown; onClose: () => void };

export function ChangeLimit(props: ChangeProps) {
  const { t } = useTranslation('limits');
  const { limit, limits } = props;
  const [typed, setTyped] = useState('');
  const { busy, problem, round, proving, save, byPin, byPasskey } = useChange(props);
  const text = useMoneyText(limits.currency);
  const wanted = minorOf(typed, limits.currency);
  const canSign = limits.passkeyIds.length > 0 && passkeysWork();
  const hours = Math.round(limits.raiseDelayMs / 3_600_000);
  return (
    <Dialog title={t(`kind_${limit.kind}`)} testId="change-limit" onClose={props.onClose}>
      {problem ? <Problem code={problem} /> : null}
      {proving ? (
        <>
          <p className="font-bold">{t('prove')}</p>
          {canSign ? (
            <Button look="primary" wide testId="raise-passkey" disabled={busy} onClick={byPasskey}>
              <Fingerprint aria-hidden="true" /> {t('provePasskey')}
            </Button>
          ) : null}
          <p className="text-center text-soft">{t(canSign ? 'proveOrPin' : 'provePin')}</p>
          <PinPad key={round} label={t('provePin')} testId="raise-pin" busy={busy} onDone={byPin} />
        </>
      ) : (
        <form
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            if (wanted !== null) save(wanted);
          }}
        >
          <TextField
            label={t('amountLabel', { currency: limits.currency })}
            note={limit.platformMinor === null ? t('note', { hours }) : t('noteMax', { hours, max: text(limit.platformMinor) })}
            testId="limit-amount"
            inputMode="decimal"
            autoComplete="off"
            value={typed}
            onChange={setTyped}
          />
          <Button look="primary" wide type="submit" testId="save-limit" disabled={busy || wanted === null}>
            {t('save')}
          </Button>
          {limit.ownMinor === null ? null : (
            <Button look="plain" wide testId="no-own-limit" disabled={busy} onClick={() => save(null)}>
              {t('noOwn')}
            </Button>
          )}
        </form>
      )}
    </Dialog>
  );
}

function useChange({ limit, limits, onClose }: ChangeProps) {
  const { model, tools } = usePhone();
  const { set } = useLimitChanges();
  const [wanted, setWanted] = useState<string | null>(null);
  const [proving, setProving] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<SentenceCode | null>(null);
  const [round, setRound] = useState(0);
  const failed = (error: unknown): void => {
    setBusy(false);
    setRound((before) => before + 1);
    const { code } = proofError(error);
    if (code === 'limit_needs_proof') setProving(true);
    setProblem(code === 'limit_needs_proof' ? null : code);
  };
  const change = (maxMinor: string | null, prove: () => Promise<RaiseProof | null>): void => {
    setBusy(true);
    setProblem(null);
    prove()
      .then((proof) => set(limit.kind, proof === null ? { maxMinor } : { maxMinor, proof }))
      .then(onClose, failed);
  };
  return {
    busy, problem, round, proving,
    save: (maxMinor: string | null) => {
      setWanted(maxMinor);
      change(maxMinor, async () => null);
    },
    byPin: (pin: string) =>
      change(wanted, async () => {
        if (!model.keys) throw new Error('there is no key to seal for');
        return { pin: await sealPin({ pin, subjectId: limits.proverId ?? limits.payerId, sealedAtMs: tools.now(), serverKey: model.keys.serverKey.jwk }) };
      }),
    byPasskey: () =>
      change(wanted, async () => {
        const { nonce } = await tools.own.limitNonce(model.session ?? '');
        const challenge = await raiseChallenge({ payerId: limits.payerId, kind: limit.kind, maxMinor: wanted, nonce });
        return { nonce, passkey: await signChallenge(challenge, limits.passkeyIds) };
      }),
  };
}
