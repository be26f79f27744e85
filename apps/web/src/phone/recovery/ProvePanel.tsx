// "Show that it is you": a passkey where there is one, or the PIN.
import type { RaiseProof } from '@sonrisa/protocol/limits-api.ts';
import type { Account, RecoveryPurpose } from '@sonrisa/protocol/recovery-api.ts';
import { Fingerprint } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { PinPad } from '../../ui/PinPad.tsx';
import { passkeysWork } from '../own/passkeys.ts';
import { useProofs } from './use-account.ts';

type Props = { account: Account; purpose: RecoveryPurpose; enrolmentId?: string; busy: boolean; round: number; onProof: (prove: () => Promise<RaiseProof>) => void };

export function ProvePanel({ account, purpose, enrolmentId = '', busy, round, onProof }: Props) {
  const { t } = useTranslation('recovery');
  const { byPin, byPasskey } = useProofs(account);
  const canSign = account.passkeyIds.length > 0 && passkeysWork();
  return (
    <div className="flex flex-col gap-3">
      <p className="font-bold text-center">{t('prove')}</p>
      {canSign ? (
        <Button look="primary" wide testId="prove-passkey" disabled={busy} onClick={() => onProof(() => byPasskey(purpose, enrolmentId))}>
          <Fingerprint aria-hidden="true" /> {t('knownPasskey')}
        </Button>
      ) : null}
      <p className="text-center text-soft">{t(canSign ? 'knownOr' : 'knownPin')}</p>
      <PinPad key={round} label={t('knownPin')} testId="prove-pin" busy={busy} onDone={(pin) => onProof(() => byPin(pin))} />
    </div>
  );
}
