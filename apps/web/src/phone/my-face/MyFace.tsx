// "My face": whether it pays, who looked, what was agreed to, and the ways out, each one tap away.
import type { MyFace as MyFaceView } from '@sonrisa/protocol/my-face-api.ts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Download, Pause, Play, Smile } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { codeOf } from '../../api.ts';
import type { SentenceCode } from '../../i18n/texts/en/problems.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Fetched } from '../../ui/Fetched.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { SureDialog } from '../../ui/SureDialog.tsx';
import { BackToWallet } from '../BackToWallet.tsx';
import { usePhone } from '../phone-context.ts';
import { Consents } from './Consents.tsx';
import { Erasures } from './Erasures.tsx';
import { Looks } from './Looks.tsx';
import { saveFile } from './save-file.ts';
import { useDay } from './use-day.ts';

export function MyFace() {
  const { t } = useTranslation('myFace');
  const { model, tools } = usePhone();
  const session = model.session ?? '';
  const face = useQuery({ queryKey: ['my-face', session], queryFn: () => tools.client.myFace(session), enabled: session !== '' });
  return (
    <div className="flex-1 flex flex-col gap-4 px-5 py-4">
      <BackToWallet />
      <h1 className="text-2xl font-extrabold">{t('title')}</h1>
      <Fetched query={face}>
        {(read) => (
          <>
            <State face={read} />
            <Looks looks={read.looks} />
            <Consents consents={read.consents} />
            <Erasures erasures={read.erasures} />
            <TakeOut />
          </>
        )}
      </Fetched>
    </div>
  );
}

function State(props: { face: MyFaceView }) {
  const { t } = useTranslation('myFace');
  const { face } = props;
  const day = useDay();
  const { busy, problem, run } = useChange();
  const [asking, setAsking] = useState(false);
  const on = face.state === 'on';
  return (
    <Card className="flex flex-col gap-4">
      <div className="flex items-center gap-4" data-testid="my-face-state" data-face={face.state}>
        <span className={`size-12 shrink-0 rounded-full flex items-center justify-center ${on ? 'bg-good-glow text-good' : 'bg-sunk text-soft'}`}>
          {face.state === 'paused' ? <Pause aria-hidden="true" /> : <Smile aria-hidden="true" />}
        </span>
        <div role="status">
          <p className="font-bold">{t(`state_${face.state}`)}</p>
          <p className="text-sm text-soft">
            {face.pausedAtMs !== null ? t('pausedSince', { date: day(face.pausedAtMs) }) : face.enrolledAtMs !== null ? t('onSince', { date: day(face.enrolledAtMs) }) : t('offText')}
          </p>
        </div>
      </div>
      {face.state === 'paused' && problem === 'busy' ? (
        <p role="status" data-testid="resume-soon" className="rounded-3xl bg-sunk px-5 py-4">
          {t('resumeSoon')}
        </p>
      ) : problem ? (
        <Problem code={problem} />
      ) : null}
      {face.state === 'off' ? null : (
        <>
          <Button look={on ? 'soft' : 'primary'} wide disabled={busy} testId={on ? 'pause-face' : 'resume-face'} onClick={() => void run(on ? 'pause' : 'resume')}>
            {on ? <Pause aria-hidden="true" /> : <Play aria-hidden="true" />} {t(on ? 'pause' : 'resume')}
          </Button>
          <Button look="danger" wide disabled={busy} testId="erase-face" onClick={() => setAsking(true)}>
            {t('erase')}
          </Button>
          <p className="text-sm text-soft">{t('unused', { days: face.unusedDaysMax })}</p>
        </>
      )}
      {asking ? (
        <SureDialog
          title={t('eraseTitle')}
          text={t('eraseText')}
          yes={t('eraseYes')}
          testId="erase"
          onYes={() => (setAsking(false), void run('erase'))}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </Card>
  );
}

function useChange() {
  const { model, tools } = usePhone();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<SentenceCode | null>(null);
  const session = model.session ?? '';
  const work = { pause: tools.client.pauseFace, resume: tools.client.resumeFace, erase: tools.client.forgetFace };
  const run = async (what: keyof typeof work): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      await work[what](session);
    } catch (error) {
      setProblem(codeOf(error));
    }
    // Also after a failure: the face is off although the vault did not answer.
    await Promise.all([queries.invalidateQueries({ queryKey: ['my-face'] }), queries.invalidateQueries({ queryKey: ['me'] })]);
    setBusy(false);
  };
  return { busy, problem, run };
}

function TakeOut() {
  const { t } = useTranslation('myFace');
  const { model, tools } = usePhone();
  const [problem, setProblem] = useState<SentenceCode | null>(null);
  const take = async (): Promise<void> => {
    setProblem(null);
    try {
      saveFile({ name: 'sonrisa-export.json', text: JSON.stringify(await tools.client.takeOut(model.session ?? ''), null, 2), type: 'application/json' });
    } catch (error) {
      setProblem(codeOf(error));
    }
  };
  return (
    <section className="flex flex-col gap-2">
      <h2 className="font-bold text-soft px-1">{t('exportTitle')}</h2>
      {problem ? <Problem code={problem} /> : null}
      <Button look="plain" wide testId="export" onClick={() => void take()}>
        <Download aria-hidden="true" className="size-5" /> {t('export')}
      </Button>
      <p className="text-sm text-soft px-1">{t('exportText')}</p>
    </section>
  );
}
