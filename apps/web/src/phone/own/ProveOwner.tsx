// Asks the owner to prove that they mean this very act, by passkey or PIN.
import { ownerChallenge, type OwnerAct, type OwnerProof } from '@sonrisa/protocol/owner-proof.ts';
import { sealPin } from '@sonrisa/protocol/seal.ts';
import { Fingerprint } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { PinPad } from '../../ui/PinPad.tsx';
import { usePhone } from '../phone-context.ts';
import { passkeysWork, signChallenge } from './passkeys.ts';

/** `round`: another one empties the pad. `onProof` is handed how to make the proof, which may fail or be refused by the person. */
export function ProveOwner(props: { act: OwnerAct; passkeyIds: readonly string[]; busy: boolean; round: number; onProof: (make: () => Promise<OwnerProof>) => void }) {
  const { t } = useTranslation('closing');
  const { model, tools } = usePhone();
  const { act, passkeyIds, busy, onProof } = props;
  const canSign = passkeyIds.length > 0 && passkeysWork();
  const byPasskey = async (): Promise<OwnerProof> => {
    const { nonce } = await tools.own.limitNonce(model.session ?? '');
    return { nonce, passkey: await signChallenge(await ownerChallenge({ ...act, nonce }), passkeyIds) };
  };
  const byPin = async (pin: string): Promise<OwnerProof> => {
    if (!model.keys) throw new Error('there is no key to seal for');
    return { pin: await sealPin({ pin, subjectId: act.payerId, sealedAtMs: tools.now(), serverKey: model.keys.serverKey.jwk }) };
  };
  return (
    <div className="w-full flex flex-col gap-3">
      <p className="font-bold text-center">{t('prove')}</p>
      {canSign ? (
        <Button look="soft" wide testId="prove-passkey" disabled={busy} onClick={() => onProof(byPasskey)}>
          <Fingerprint aria-hidden="true" /> {t('provePasskey')}
        </Button>
      ) : null}
      <p className="text-center text-soft">{t(canSign ? 'proveOrPin' : 'provePin')}</p>
      <PinPad key={props.round} label={t('provePin')} testId="prove-pin" busy={busy} onDone={(pin) => onProof(() => byPin(pin))} />
    </div>
  );
}
