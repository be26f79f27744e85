// Makes a passkey on this phone. A session that is a while old asks for the PIN first.
import { sealPin } from '@sonrisa/protocol/seal.ts';
import { useQueryClient } from '@tanstack/react-query';
import { Check, Fingerprint } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SentenceCode } from '../../i18n/texts/en/problems.ts';
import { Button } from '../../ui/Button.tsx';
import { PinPad } from '../../ui/PinPad.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { usePhone } from '../phone-context.ts';
import { makePasskey, passkeysWork, proofError } from './passkeys.ts';

type Stage = 'ready' | 'busy' | 'pin' | 'done';

export function AddPasskey(props: { payerId: string }) {
  const { t } = useTranslation('phone');
  const { model, tools } = usePhone();
  const queries = useQueryClient();
  const [stage, setStage] = useState<Stage>('ready');
  const [round, setRound] = useState(0);
  const [problem, setProblem] = useState<SentenceCode | null>(null);
  if (!passkeysWork()) return <p className="text-soft">{t('passkeyNone')}</p>;
  const failed = (error: unknown): void => {
    const { code } = proofError(error);
    const asksPin = code === 'pin_required' || code === 'pin_wrong';
    setStage(asksPin ? 'pin' : 'ready');
    setRound((before) => before + 1);
    setProblem(code === 'pin_required' ? null : code);
  };
  const make = async (pin: string | null): Promise<void> => {
    setStage('busy');
    setProblem(null);
    const sealed = pin === null || !model.keys ? null : await sealPin({ pin, subjectId: props.payerId, sealedAtMs: tools.now(), serverKey: model.keys.serverKey.jwk });
    await makePasskey(tools.own, { session: model.session ?? '', pin: sealed, name: t('passkeyName') });
    setStage('done');
    await queries.invalidateQueries({ queryKey: ['passkeys'] });
  };
  const start = (pin: string | null): void => void make(pin).catch(failed);
  if (stage === 'done') {
    return (
      <p role="status" data-testid="passkey-added" className="flex items-center justify-center gap-2 font-bold text-good">
        <Check aria-hidden="true" /> {t('passkeyAdded')}
      </p>
    );
  }
  return (
    <div className="w-full flex flex-col gap-3">
      {problem ? <Problem code={problem} /> : null}
      {stage === 'pin' ? (
        <div ref={intoView} className="flex flex-col gap-3">
          <p className="text-center font-bold">{t('passkeyPin')}</p>
          <PinPad key={round} label={t('passkeyPin')} testId="passkey-pin" onDone={start} />
        </div>
      ) : (
        <Button wide testId="add-passkey" disabled={stage === 'busy'} onClick={() => start(null)}>
          <Fingerprint aria-hidden="true" /> {t('passkeyAdd')}
        </Button>
      )}
    </div>
  );
}

/** The pad takes more room than the button it follows. */
function intoView(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: 'nearest' });
}
