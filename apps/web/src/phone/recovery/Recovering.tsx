// An account on its way to this phone: the reference for staff, the wait, then a new PIN. Comes back after a reload.
import { sealPin } from '@sonrisa/protocol/seal.ts';
import { useQuery } from '@tanstack/react-query';
import { BadgeCheck, Clock, IdCard, LifeBuoy } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { codeOf } from '../../api.ts';
import { Button } from '../../ui/Button.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { useDay } from '../../i18n/use-day.ts';
import { failedEvent, usePhone } from '../phone-context.ts';
import { Spot } from '../Spot.tsx';
import { Step } from '../Step.tsx';
import { NewPin } from './NewPin.tsx';

const readEveryMs = 5_000;
const icons = { asked: IdCard, cooling: Clock, ready: BadgeCheck, over: LifeBuoy } as const;

export function Recovering() {
  const { t } = useTranslation('recovery');
  const { model, send, tools } = usePhone();
  const day = useDay();
  const kept = model.recovery ?? { token: '', reference: '' };
  const mine = useQuery({ queryKey: ['recovery', kept.token], queryFn: () => tools.recovery.mine(kept.token), refetchInterval: readEveryMs });
  const { busy, round, finish } = useFinish(mine.data?.id ?? '');
  if (!mine.data) {
    return (
      <Step title={t('ui:loading')}>
        {mine.error ? <Problem code={codeOf(mine.error)} /> : null}
        {mine.error ? <GiveUp token={null} /> : null}
      </Step>
    );
  }
  const { state, expiresAtMs, effectiveAtMs } = mine.data;
  const shown = state === 'asked' || state === 'cooling' || state === 'ready' ? state : 'over';
  const Icon = icons[shown];
  const picture = <Spot><Icon aria-hidden="true" className="size-9" /></Spot>;
  switch (shown) {
    case 'asked':
      return (
        <Step picture={picture} title={t('waitTitle')} text={t('waitText')} actions={<GiveUp token={kept.token} />}>
          <p data-testid="reference" className="text-5xl font-extrabold tabular-nums tracking-wider">{kept.reference}</p>
          <p role="status" className="text-soft">{t('waitUntil', { at: day(expiresAtMs) })}</p>
        </Step>
      );
    case 'cooling':
      return <Step picture={picture} title={t('coolTitle')} text={<span role="status">{t('coolText', { at: day(effectiveAtMs ?? expiresAtMs) })}</span>} actions={<GiveUp token={kept.token} />} />;
    case 'ready':
      return (
        <Step picture={picture} title={t('readyTitle')} text={t('readyText')} actions={<GiveUp token={kept.token} />}>
          <NewPin key={round} busy={busy} onChosen={finish} />
        </Step>
      );
    case 'over':
      return (
        <Step
          picture={picture}
          title={t('overTitle')}
          text={t('overText')}
          actions={
            <Button look="primary" size="large" wide testId="start-again" onClick={() => send({ type: 'start_over' })}>
              {t('startAgain')}
            </Button>
          }
        />
      );
  }
}

/** `token` null: the server does not know it, and there is nothing to cancel. */
function GiveUp(props: { token: string | null }) {
  const { t } = useTranslation('recovery');
  const { send, tools } = usePhone();
  const giveUp = (): void => {
    if (props.token !== null) tools.recovery.cancelMine(props.token).catch(() => undefined);
    send({ type: 'start_over' });
  };
  return (
    <Button look="quiet" wide testId="give-up" onClick={giveUp}>
      {t('giveUp')}
    </Button>
  );
}

function useFinish(id: string) {
  const { model, send, tools } = usePhone();
  const [busy, setBusy] = useState(false);
  const [round, setRound] = useState(0);
  const finish = (pin: string): void => {
    setBusy(true);
    const run = async (): Promise<void> => {
      if (!model.keys || !model.recovery) return;
      const sealed = await sealPin({ pin, subjectId: id, sealedAtMs: tools.now(), serverKey: model.keys.serverKey.jwk });
      const { session } = await tools.recovery.finishMine(model.recovery.token, sealed, tools.newKey());
      send({ type: 'recovered', session: session.token });
    };
    run()
      .catch((error: unknown) => (setRound((before) => before + 1), send(failedEvent(error))))
      .finally(() => setBusy(false));
  };
  return { busy, round, finish };
}
