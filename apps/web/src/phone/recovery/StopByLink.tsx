// The link of a notice: a tap stops what was asked for, without signing in. Opening the page does nothing, since programs that look
// at links open pages too.
import { CircleCheck, ShieldAlert } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { codeOf } from '../../api.ts';
import type { SentenceCode } from '../../i18n/texts/en/problems.ts';
import { Button } from '../../ui/Button.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { usePhone } from '../phone-context.ts';
import { Spot } from '../Spot.tsx';
import { Step } from '../Step.tsx';

export function StopByLink(props: { token: string }) {
  const { t } = useTranslation('recovery');
  const { model, send, tools } = usePhone();
  const [state, setState] = useState<'asking' | 'busy' | 'stopped'>('asking');
  const [problem, setProblem] = useState<SentenceCode | null>(null);
  const stop = (): void => {
    setState('busy');
    setProblem(null);
    tools.recovery.stop(props.token).then(
      () => setState('stopped'),
      (error: unknown) => (setState('asking'), setProblem(codeOf(error))),
    );
  };
  const goOn = (): void => {
    // The token has done its work and should not come back with a reload.
    history.replaceState(null, '', location.pathname);
    send(model.session ? { type: 'go_home' } : { type: 'start_over' });
  };
  const stopped = state === 'stopped';
  const Icon = stopped ? CircleCheck : ShieldAlert;
  return (
    <Step
      picture={<Spot><Icon aria-hidden="true" className="size-9" /></Spot>}
      title={t(stopped ? 'stoppedTitle' : 'stopTitle')}
      text={t(stopped ? 'stoppedText' : 'stopText')}
      actions={
        <>
          {stopped ? null : (
            <Button look="primary" size="large" wide testId="stop-yes" disabled={state === 'busy'} onClick={stop}>
              {t('stopYes')}
            </Button>
          )}
          <Button look={stopped ? 'primary' : 'quiet'} wide testId="stop-on" onClick={goOn}>
            {t('toStart')}
          </Button>
        </>
      }
    >
      {problem ? <Problem code={problem} /> : null}
      {stopped ? <p role="status" className="sr-only">{t('stoppedTitle')}</p> : null}
    </Step>
  );
}
