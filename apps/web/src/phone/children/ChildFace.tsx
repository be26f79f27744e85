// Whether a child's face pays, and everything its guardian may do about that at once.
import type { ChildState } from '@sonrisa/protocol/child-state.ts';
import type { ChildView } from '@sonrisa/protocol/children-api.ts';
import { Pause, Play, ScanFace, Smile } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDay } from '../../i18n/use-day.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { SureDialog } from '../../ui/SureDialog.tsx';
import { usePhone } from '../phone-context.ts';
import { useChildChange } from './use-children.ts';

export function ChildFace({ child }: { child: ChildView }) {
  const { t } = useTranslation('children');
  const day = useDay();
  const { busy, problem, run } = useChildChange(child.id);
  const [asking, setAsking] = useState(false);
  const { id, state, face } = child;
  return (
    <Card className="flex flex-col gap-4">
      <div className="flex items-center gap-4" data-testid="child-face" data-face={state}>
        <span className={`size-12 shrink-0 rounded-full flex items-center justify-center ${state === 'on' ? 'bg-good-glow text-good' : 'bg-sunk text-soft'}`}>
          {state === 'paused' ? <Pause aria-hidden="true" /> : <Smile aria-hidden="true" />}
        </span>
        <div role="status">
          <p className="font-bold">{t(child.needsNewLook ? 'state_new_look' : `state_${state}`)}</p>
          <p className="text-sm text-soft">{t(`face_${state}`)}</p>
        </div>
      </div>
      {problem === 'busy' ? <p role="status" className="rounded-3xl bg-sunk px-5 py-4">{t('myFace:resumeSoon')}</p> : problem ? <Problem code={problem} /> : null}
      <NextStep child={child} />
      {state === 'on' ? (
        <Button look="soft" wide disabled={busy} testId="pause-child" onClick={() => void run((client, token) => client.pause(token, id))}>
          <Pause aria-hidden="true" /> {t('pause')}
        </Button>
      ) : null}
      {state === 'paused' ? (
        <Button look="primary" wide disabled={busy} testId="resume-child" onClick={() => void run((client, token) => client.resume(token, id))}>
          <Play aria-hidden="true" /> {t('resume')}
        </Button>
      ) : null}
      {canErase(state, face.state) ? (
        <Button look="danger" wide disabled={busy} testId="erase-child" onClick={() => setAsking(true)}>
          {t('erase')}
        </Button>
      ) : null}
      {face.unusedUntilMs === null ? null : <p className="text-sm text-soft">{t('myFace:unused', { days: face.unusedDaysMax, date: day(face.unusedUntilMs) })}</p>}
      {asking ? (
        <SureDialog
          title={t('eraseTitle', { name: child.name })}
          text={t('eraseText')}
          yes={t('erase')}
          testId="erase-child-sure"
          onYes={() => {
            setAsking(false);
            void run((client, token) => client.erase(token, id));
          }}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </Card>
  );
}

// An agreement without a face can be taken back too.
const canErase = (state: ChildState, face: 'on' | 'paused' | 'off'): boolean => face !== 'off' || state === 'no_face';

function NextStep({ child }: { child: ChildView }) {
  const { t } = useTranslation('children');
  const { send } = usePhone();
  if (child.state === 'no_consent') {
    return (
      <Button look="primary" wide testId="child-consent" onClick={() => send({ type: 'child_consent_wanted', childId: child.id })}>
        {t('againAgree')}
      </Button>
    );
  }
  if (child.state !== 'no_face' && !child.needsNewLook) return null;
  return (
    <Button look="primary" wide testId="child-look" onClick={() => send({ type: 'child_look_wanted', childId: child.id })}>
      <ScanFace aria-hidden="true" /> {t('look')}
    </Button>
  );
}
