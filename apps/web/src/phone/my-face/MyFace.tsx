// "My face": whether it pays, who looked, what was agreed to, and the ways out, each one tap away.
import type { MyFace as MyFaceView } from '@sonrisa/protocol/my-face-api.ts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Download, Pause, Play, ScanFace, Smile } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { codeOf } from '../../api.ts';
import { useLanguage } from '../../i18n/setup.ts';
import type { SentenceCode } from '../../i18n/texts/en/problems.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Fetched } from '../../ui/Fetched.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { SureDialog } from '../../ui/SureDialog.tsx';
import { BackToWallet } from '../Back.tsx';
import { usePhone } from '../phone-context.ts';
import { Consents } from './Consents.tsx';
import { Erasures } from './Erasures.tsx';
import { Looks } from './Looks.tsx';
import { saveFile } from './save-file.ts';
import { useDay } from '../../i18n/use-day.ts';

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
            <CloseLink />
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
      {face.state === 'off' ? (
        <Again standing={hasStandingConsent(face)} busy={busy} onTakeBack={() => void run('erase')} />
      ) : (
        <>
          <Button look={on ? 'soft' : 'primary'} wide disabled={busy} testId={on ? 'pause-face' : 'resume-face'} onClick={() => void run(on ? 'pause' : 'resume')}>
            {on ? <Pause aria-hidden="true" /> : <Play aria-hidden="true" />} {t(on ? 'pause' : 'resume')}
          </Button>
          <Button look="danger" wide disabled={busy} testId="erase-face" onClick={() => setAsking(true)}>
            {t('erase')}
          </Button>
          {face.unusedUntilMs === null ? null : <p className="text-sm text-soft">{t('unused', { days: face.unusedDaysMax, date: day(face.unusedUntilMs) })}</p>}
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

const hasStandingConsent = ({ consents }: MyFaceView): boolean => consents.some(({ agreedToFace, faceWithdrawnAtMs }) => agreedToFace && faceWithdrawnAtMs === null);

// The face is off: the way to have it back, and a consent without a face can be taken back too.
function Again(props: { standing: boolean; busy: boolean; onTakeBack: () => void }) {
  const { t } = useTranslation('myFace');
  const { send } = usePhone();
  return (
    <>
      <Button look="soft" wide testId="face-again" onClick={() => send({ type: 'face_wanted_again' })}>
        <ScanFace aria-hidden="true" /> {t('again')}
      </Button>
      {props.standing ? (
        <Button look="quiet" wide disabled={props.busy} testId="take-consent-back" onClick={props.onTakeBack}>
          {t('takeConsentBack')}
        </Button>
      ) : null}
    </>
  );
}

function CloseLink() {
  const { t } = useTranslation('closing');
  const { send } = usePhone();
  return (
    <Button look="quiet" className="self-center" testId="close-account-wanted" onClick={() => send({ type: 'close_account_wanted' })}>
      {t('title')}
    </Button>
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
  const { language } = useLanguage();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<SentenceCode | null>(null);
  const session = model.session ?? '';
  const take = async (format: 'json' | 'pdf'): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      if (format === 'json') saveFile({ name: 'sonrisa-export.json', content: JSON.stringify(await tools.client.takeOut(session), null, 2), type: 'application/json' });
      else saveFile({ name: 'sonrisa-export.pdf', content: await tools.client.takeOutPdf(session, language), type: 'application/pdf' });
    } catch (error) {
      setProblem(codeOf(error));
    }
    setBusy(false);
  };
  return (
    <section className="flex flex-col gap-2">
      <h2 className="font-bold text-soft px-1">{t('exportTitle')}</h2>
      {problem ? <Problem code={problem} /> : null}
      <Button look="plain" wide disabled={busy} testId="export-pdf" onClick={() => void take('pdf')}>
        <Download aria-hidden="true" className="size-5" /> {t('exportPdf')}
      </Button>
      <Button look="plain" wide disabled={busy} testId="export" onClick={() => void take('json')}>
        <Download aria-hidden="true" className="size-5" /> {t('export')}
      </Button>
      <p className="text-sm text-soft px-1">{t('exportText')}</p>
    </section>
  );
}
