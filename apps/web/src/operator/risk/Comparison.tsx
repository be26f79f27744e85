// A comparison to be started: a bar while it runs, and what changes, already while it runs.
import { comparedMax, type RiskRule } from '@sonrisa/protocol/risk-api.ts';
import { useTranslation } from 'react-i18next';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { Button } from '../../ui/Button.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { ProgressBar } from '../../ui/ProgressBar.tsx';
import { Panel } from '../Panel.tsx';
import { Diff } from './Diff.tsx';
import { useComparison, type ReadPage } from './use-comparison.ts';

/** Test ids begin with `testId`. `rules`: both versions', for the words of their reasons. */
export function Comparison(props: { title: string; text: string; startText: string; testId: string; rules: readonly RiskRule[]; read: ReadPage }) {
  const { t } = useTranslation('risk');
  const { language } = useLanguage();
  const number = new Intl.NumberFormat(intlLocale(language));
  const { state, diff, seen, of, problem, start, stop } = useComparison(props.read);
  const { testId } = props;
  const isRunning = state === 'running';
  return (
    <Panel title={props.title} text={props.text} testId={testId}>
      <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
        {isRunning ? (
          <Button size="small" testId={`${testId}-stop`} onClick={stop}>
            {t('stop')}
          </Button>
        ) : (
          <Button look="soft" size="small" testId={`${testId}-start`} onClick={start}>
            {state === 'idle' ? props.startText : t('again')}
          </Button>
        )}
        {state === 'idle' ? null : (
          <div className="flex-1 min-w-64" data-testid={`${testId}-state`} data-state={state} data-decisions={diff.decisions}>
            <ProgressBar
              share={of === null ? 0 : of === 0 ? 1 : seen / of}
              label={props.title}
              text={t('judged', { n: number.format(Math.min(seen, of ?? 0)), of: number.format(Math.min(of ?? 0, comparedMax)) })}
              testId={`${testId}-progress`}
            />
          </div>
        )}
      </div>
      {problem ? <Problem code={problem} /> : null}
      {state === 'stopped' ? <p className="font-semibold">{t('stopped')}</p> : null}
      {state === 'done' && diff.decisions === 0 ? <p className="text-soft">{t('none')}</p> : null}
      {diff.decisions > 0 ? <Diff diff={diff} rules={props.rules} /> : null}
    </Panel>
  );
}
