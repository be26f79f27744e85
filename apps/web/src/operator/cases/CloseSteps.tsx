// The way through a case in three steps: what happened, who pays, and the note that closes it. Nothing is done before it is confirmed.
import type { CaseFinding, FaceCase } from '@sonrisa/protocol/cases-api.ts';
import { Check } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { SureDialog } from '../../ui/SureDialog.tsx';
import { moneyStateOf } from './money-state.ts';
import { Settle } from './Settle.tsx';
import { NoteField } from '../NoteField.tsx';
import { useAction } from '../use-action.ts';

const findings: readonly CaseFinding[] = ['somebody_else', 'payer', 'unclear'];
const noteMax = 500;

export function CloseSteps({ case: shown }: { case: FaceCase }) {
  const { t } = useTranslation('cases');
  const [picked, setPicked] = useState<CaseFinding | null>(null);
  const money = moneyStateOf(shown);
  const isSettled = money !== 'carried' && money !== 'coming' && money !== 'proposed';
  return (
    <Card className="flex flex-col gap-6 lg:sticky lg:top-4" testId="steps">
      <div role="status">
        <h2 className="text-xl font-extrabold">{t(shown.state === 'open' ? 'steps' : 'closedTitle')}</h2>
      </div>
      {shown.state === 'closed' ? <Closed case={shown} /> : null}
      {shown.state === 'open' ? (
        <Step number={1} title={t('stepFinding')} isDone={picked !== null}>
          <fieldset className="flex flex-col">
            <legend className="sr-only">{t('stepFinding')}</legend>
            {findings.map((finding) => (
              <label key={finding} className="min-h-12 flex items-start gap-3 py-2">
                <input type="radio" name="finding" data-testid={`finding-${finding}`} className="mt-1 size-5 shrink-0 accent-crust" checked={picked === finding} onChange={() => setPicked(finding)} />
                <span>
                  <span className="block font-bold">{t(`finding_${finding}`)}</span>
                  <span className="block text-sm text-soft">{t(`findingText_${finding}`)}</span>
                </span>
              </label>
            ))}
          </fieldset>
        </Step>
      ) : null}
      <Step number={shown.state === 'open' ? 2 : null} title={t('stepMoney')} isDone={isSettled && money !== 'asked'}>
        <Settle case={shown} finding={shown.finding ?? picked} />
      </Step>
      {shown.state === 'open' ? (
        <Step number={3} title={t('stepClose')} isDone={false}>
          <CloseForm case={shown} finding={picked} isSettled={isSettled} />
        </Step>
      ) : null}
    </Card>
  );
}

function Step(props: { number: number | null; title: string; isDone: boolean; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-3">
      <h3 className="flex items-center gap-3 font-extrabold">
        <span aria-hidden="true" className={`size-8 shrink-0 rounded-full flex items-center justify-center ${props.isDone ? 'bg-good-glow text-good' : 'bg-glow text-ink'}`}>
          {props.isDone ? <Check className="size-5" strokeWidth={3} /> : (props.number ?? '·')}
        </span>
        {props.title}
      </h3>
      {props.children}
    </section>
  );
}

function CloseForm({ case: shown, finding, isSettled }: { case: FaceCase; finding: CaseFinding | null; isSettled: boolean }) {
  const { t } = useTranslation('cases');
  const { busy, problem, run } = useAction(['case', shown.id], ['cases']);
  const [note, setNote] = useState('');
  const [asking, setAsking] = useState(false);
  const isReady = finding !== null && isSettled && note.trim() !== '';
  const missing = finding === null ? 'closeNeedsFinding' : isSettled ? 'closeNeedsNote' : shown.proposal === null ? 'closeNeedsMoney' : 'closeNeedsSecond';
  const close = (): void => {
    setAsking(false);
    if (finding !== null) run((client, token, key) => client.closeCase(token, shown.id, { finding, note: note.trim() }, key));
  };
  return (
    <>
      {problem ? <Problem code={problem} /> : null}
      <NoteField label={t('note')} value={note} rows={3} max={noteMax} testId="note" onChange={setNote} />
      <Button look="primary" wide testId="close-case" disabled={busy || !isReady} aria-describedby="close-needs" onClick={() => setAsking(true)}>
        {t('close')}
      </Button>
      <p id="close-needs" className="text-sm text-soft">
        {isReady ? t('closeText') : t(missing)}
      </p>
      {asking && finding !== null ? (
        <SureDialog title={t('closeSure')} text={t('closeSureText', { finding: t(`finding_${finding}`) })} yes={t('close')} testId="close" onYes={close} onClose={() => setAsking(false)} />
      ) : null}
    </>
  );
}

function Closed({ case: shown }: { case: FaceCase }) {
  const { t } = useTranslation('cases');
  const { language } = useLanguage();
  const at = shown.closedAtMs === null ? '' : new Intl.DateTimeFormat(intlLocale(language), { dateStyle: 'long', timeStyle: 'short' }).format(shown.closedAtMs);
  return (
    <div className="flex flex-col gap-2" data-testid="closed" data-finding={shown.finding}>
      {shown.finding ? <p className="text-lg font-bold">{t(`finding_${shown.finding}`)}</p> : null}
      <p className="rounded-2xl bg-sunk px-4 py-3 whitespace-pre-wrap [overflow-wrap:anywhere]">{shown.note}</p>
      <p className="text-sm text-soft [overflow-wrap:anywhere]">{t('closedBy', { at, by: shown.closedBy === 'token' ? t('byToken') : (shown.closedBy ?? '') })}</p>
    </div>
  );
}
