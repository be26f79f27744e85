// A rule opened: when it holds, what then happens, and why, in words.
import { ruleLengthMax, riskOutcomes, type RiskRule } from '@sonrisa/protocol/risk-api.ts';
import { Plus } from 'lucide-react';
import { useId, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/Button.tsx';
import { TextField } from '../../../ui/TextField.tsx';
import { ConditionRow, FaultLine, Pick } from './ConditionRow.tsx';
import { blankCondition, whenOf, type DraftRule, type RuleField } from './draft.ts';
import { readSentence, type Condition, type Sentence } from './sentence.ts';
import { useFocus } from './use-focus.ts';

export type FieldsProps = {
  rule: DraftRule;
  currency: string;
  /** What is wrong with a field, as it is said there; null: nothing, or not to be said yet. */
  faultAt: (field: RuleField) => string | null;
  onLeave: (field: RuleField) => void;
  onChange: (change: Partial<DraftRule>, typing?: string) => void;
};

const outcomes = riskOutcomes.filter((outcome) => outcome !== 'allow');
const reasonMax = 200;
const idMax = 40;

export function RuleFields(props: FieldsProps) {
  const { t } = useTranslation('rules');
  const { rule, faultAt, onLeave, onChange } = props;
  const id = useId();
  const whole = useRef<HTMLDivElement>(null);
  const focusOn = useFocus(whole);
  const reason = (language: 'en' | 'zh') => (
    <TextField
      label={t(language === 'en' ? 'reasonEn' : 'reasonZh')} note={t('reasonText')} testId={`reason-${language}`} lang={language} autoComplete="off" maxLength={reasonMax}
      value={rule[language]} error={faultAt(language)} onChange={(typed) => onChange({ [language]: typed }, language)} onBlur={() => onLeave(language)}
    />
  );
  return (
    <div ref={whole} className="flex flex-col gap-5 pt-4" data-testid="rule-fields">
      <fieldset className="flex flex-col gap-3">
        <legend className="text-lg font-extrabold mb-2">{t('when')}</legend>
        {rule.said === null ? <Expression {...props} focusOn={focusOn} /> : <Conditions {...props} said={rule.said} focusOn={focusOn} />}
      </fieldset>
      <div className="max-w-xl">
        <label htmlFor={`${id}-outcome`} className="block text-lg font-extrabold mb-2">{t('then')}</label>
        <Pick id={`${id}-outcome`} testId="outcome" fault={null} describedBy={`${id}-outcome-text`} value={rule.outcome} onPick={(outcome) => onChange({ outcome: outcome as RiskRule['outcome'] })}>
          {outcomes.map((outcome) => <option key={outcome} value={outcome}>{t(`do_${outcome}`)}</option>)}
        </Pick>
        <p id={`${id}-outcome-text`} className="mt-1 text-sm text-soft">{t(`doText_${rule.outcome}`)}</p>
      </div>
      <div className="grid gap-5 md:grid-cols-2">
        {reason('en')}
        {reason('zh')}
        {rule.isNew ? (
          <TextField
            label={t('name')} note={t('nameText')} testId="rule-name" autoComplete="off" autoCapitalize="off" spellCheck={false} maxLength={idMax}
            value={rule.id} error={faultAt('id')} onChange={(typed) => onChange({ id: typed, idTyped: typed !== '' }, 'id')} onBlur={() => onLeave('id')}
          />
        ) : null}
      </div>
    </div>
  );
}

type FocusOn = ReturnType<typeof useFocus>;

function Conditions({ rule, said, currency, faultAt, onLeave, onChange, focusOn }: FieldsProps & { said: Sentence; focusOn: FocusOn }) {
  const { t } = useTranslation('rules');
  const id = useId();
  const { conditions } = said;
  const set = (changed: Condition[], typing?: string): void => onChange({ said: { ...said, conditions: changed } }, typing);
  const when = whenOf(rule, currency);
  return (
    <>
      {conditions.length > 1 ? (
        <div className="max-w-xs">
          <label htmlFor={`${id}-join`} className="sr-only">{t('join')}</label>
          <Pick id={`${id}-join`} testId="join" fault={null} value={said.join} onPick={(join) => onChange({ said: { ...said, join: join as Sentence['join'] } })}>
            <option value="all">{t('join_all')}</option>
            <option value="any">{t('join_any')}</option>
          </Pick>
        </div>
      ) : null}
      {conditions.map((condition, at) => (
        <ConditionRow
          // Conditions have no name of their own.
          key={at}
          n={at + 1}
          condition={condition}
          currency={currency}
          faults={{ signal: faultAt(`${at}.signal`), value: faultAt(`${at}.value`) }}
          onLeave={(field) => onLeave(`${at}.${field}`)}
          onChange={(changed, typing) => set(conditions.map((each, place) => (place === at ? changed : each)), typing && `${at}.${typing}`)}
          onRemove={
            conditions.length > 1
              ? () => {
                  set(conditions.filter((_each, place) => place !== at));
                  focusOn('[data-testid="add-condition"]');
                }
              : null
          }
        />
      ))}
      <FaultLine id={`${id}-when`} fault={faultAt('when')} />
      <div className="flex flex-wrap gap-x-3">
        <Button size="small" testId="add-condition" onClick={() => (set([...conditions, blankCondition]), focusOn('fieldset > fieldset:last-of-type [data-testid="signal"]'))}>
          <Plus aria-hidden="true" className="size-5" /> {t('addCondition')}
        </Button>
        {when.ok ? (
          <Button look="quiet" size="small" testId="as-expression" onClick={() => (onChange({ said: null, text: when.when }), focusOn('[data-testid="expression"]'))}>
            {t('asExpression')}
          </Button>
        ) : null}
      </div>
    </>
  );
}

function Expression({ rule, faultAt, onLeave, onChange, currency, focusOn }: FieldsProps & { focusOn: FocusOn }) {
  const { t } = useTranslation('rules');
  const id = useId();
  const fault = faultAt('when');
  return (
    <div>
      <label htmlFor={id} className="block font-bold mb-1.5">{t('expression')}</label>
      <textarea
        id={id} data-testid="expression" rows={3} maxLength={ruleLengthMax} spellCheck={false} autoCapitalize="off" value={rule.text} aria-invalid={fault !== null} aria-describedby={`${id}-text ${id}-fault`}
        className="w-full rounded-2xl border-2 border-edge bg-card px-4 py-3 font-mono text-sm aria-invalid:border-warn"
        onBlur={() => onLeave('when')}
        onChange={(event) => onChange({ text: event.target.value.replaceAll('\n', ' ') }, 'text')}
      />
      <FaultLine id={`${id}-fault`} fault={fault} />
      <p id={`${id}-text`} className="mt-1 text-sm text-soft">{t('expressionText')}</p>
      <Button
        look="quiet" size="small" testId="as-sentence" className="-ml-4"
        onClick={() => (onChange({ said: readSentence(rule.text, currency) ?? { join: 'all', conditions: [blankCondition] } }), focusOn('[data-testid="signal"]'))}
      >
        {t('asSentence')}
      </Button>
    </div>
  );
}
