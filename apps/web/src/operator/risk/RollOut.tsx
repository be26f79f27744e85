// The way of a version into the stores: in shadow, in some of them, everywhere. Each step says why, and holds from the next look on.
import type { OperatorStore, RiskRollOut } from '@sonrisa/protocol/risk-api.ts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLanguage } from '../../i18n/setup.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { SureDialog } from '../../ui/SureDialog.tsx';
import { NoteField } from '../NoteField.tsx';
import { useAction } from '../use-action.ts';
import { changeOf, stageOf, steps, type Step } from './step.ts';
import { useWords } from './use-roll-out.ts';

const whyMax = 200;

export function RollOut({ version, rollOut, stores }: { version: number; rollOut: RiskRollOut; stores: readonly OperatorStore[] }) {
  const { t } = useTranslation('risk');
  const words = useWords(stores);
  const stage = stageOf({ version, rollOut });
  const other = rollOut.candidate && rollOut.candidate.version !== version ? rollOut.candidate.version : null;
  const piloted = rollOut.candidate?.stage === 'stores' ? words.stores(rollOut.candidate.storeIds) : '';
  return (
    <Card className="flex flex-col gap-5 lg:sticky lg:top-4" testId="roll-out-steps">
      <div>
        <h2 className="text-xl font-extrabold">{t('rollOut')}</h2>
        <p className="text-soft text-sm">{t('rollOutText')}</p>
      </div>
      <p role="status" data-testid="stage" data-stage={stage} className="rounded-2xl bg-sunk px-4 py-3 font-semibold">
        {t(`now${stage}`, { stores: piloted, n: rollOut.candidate?.version ?? 0 })}
      </p>
      {stage !== 'Active' && stage !== 'ActiveElsewhere' && other !== null ? <p className="text-sm font-semibold text-warn">{t('replaces', { n: other })}</p> : null}
      {stage === 'Active' || stage === 'ActiveElsewhere' ? null : <Steps key={rollOut.number} version={version} rollOut={rollOut} stores={stores} />}
    </Card>
  );
}

function Steps({ version, rollOut, stores }: { version: number; rollOut: RiskRollOut; stores: readonly OperatorStore[] }) {
  const { t } = useTranslation('risk');
  const { busy, problem, run } = useAction(['risk', 'roll-outs']);
  const [step, setStep] = useState<Step | null>(null);
  const isHere = rollOut.candidate?.version === version;
  const [picked, setPicked] = useState<readonly string[]>(isHere && rollOut.candidate?.stage === 'stores' ? rollOut.candidate.storeIds : []);
  const [why, setWhy] = useState('');
  const [asking, setAsking] = useState(false);
  const missing = step === null ? 'needsStep' : step === 'stores' && picked.length === 0 ? 'needsStores' : why.trim() === '' ? 'needsWhy' : null;
  const go = (): void => {
    setAsking(false);
    if (step !== null) run((client, token, key) => client.setRollOut(token, { ...changeOf({ step, version, active: rollOut.active, storeIds: picked }), reason: why.trim() }, key));
  };
  return (
    <>
      {problem ? <Problem code={problem} /> : null}
      <fieldset className="flex flex-col">
        <legend className="sr-only">{t('rollOut')}</legend>
        {steps.map((each) => (
          <label key={each} className="min-h-12 flex items-start gap-3 py-2">
            <input type="radio" name="step" data-testid={`step-${each}`} className="mt-1 size-5 shrink-0 accent-crust" checked={step === each} onChange={() => setStep(each)} />
            <span>
              <span className="block font-bold">{t(`step_${each}`)}</span>
              <span className="block text-sm text-soft">{t(`stepText_${each}`)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {step === 'stores' ? <StorePicker stores={stores} picked={picked} onPick={setPicked} /> : null}
      {/* What is kept is one line. */}
      <NoteField label={t('why')} value={why} rows={2} max={whyMax} testId="why" onChange={(typed) => setWhy(typed.replaceAll('\n', ' '))} />
      <Button look="primary" wide testId="go" disabled={busy || missing !== null} aria-describedby="go-needs" onClick={() => (step === 'shadow' ? go() : setAsking(true))}>
        {t(`go_${step ?? 'shadow'}`)}
      </Button>
      <p id="go-needs" className="text-sm text-soft">
        {t(missing ?? 'whyText')}
      </p>
      {asking && (step === 'stores' || step === 'everywhere') ? (
        <SureDialog title={t(`sure_${step}`, { n: version })} text={t('sureText')} yes={t('sureYes')} testId="go-sure" onYes={go} onClose={() => setAsking(false)} />
      ) : null}
    </>
  );
}

function StorePicker({ stores, picked, onPick }: { stores: readonly OperatorStore[]; picked: readonly string[]; onPick: (ids: string[]) => void }) {
  const { t } = useTranslation('risk');
  const { language } = useLanguage();
  return (
    <fieldset className="flex flex-col max-h-72 overflow-y-auto rounded-2xl bg-sunk px-4 py-2" data-testid="stores">
      <legend className="sr-only">{t('stores')}</legend>
      {stores.map((store) => (
        <label key={store.id} className="min-h-11 flex items-center gap-3">
          <input
            type="checkbox"
            data-testid="store"
            className="size-5 shrink-0 accent-crust"
            checked={picked.includes(store.id)}
            onChange={(event) => onPick(event.target.checked ? [...picked, store.id] : picked.filter((id) => id !== store.id))}
          />
          <span>
            <span className="font-semibold">{language === 'zh' ? store.nameZh : store.name}</span>{' '}
            <span className="text-sm text-soft">{language === 'zh' ? store.merchantZh : store.merchant}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
