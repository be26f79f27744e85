// Which rules are new, gone or changed against those in charge; of the version in charge, its rules.
import type { RiskRule } from '@sonrisa/protocol/risk-api.ts';
import { useTranslation } from 'react-i18next';
import { useLanguage } from '../../i18n/setup.ts';
import { Outcome } from '../Outcome.tsx';
import { Panel } from '../Panel.tsx';
import type { RuleSet } from './risk-client.ts';
import { useSentence } from './draft/use-sentence.ts';
import { rulesDiff } from './rules-diff.ts';
import { useTerms } from './use-roll-out.ts';

export function RulesChange({ was, is }: { was: RuleSet; is: RuleSet }) {
  const { t } = useTranslation('risk');
  if (was.version !== is.version) return <RulesDifference against={was} rules={is.rules} />;
  return (
    <Panel title={t('rulesOfActive')} testId="rules-change">
      <Rules rules={is.rules} />
    </Panel>
  );
}

/** `against`: the version in charge. */
export function RulesDifference({ against, rules }: { against: RuleSet; rules: readonly RiskRule[] }) {
  const { t } = useTranslation('risk');
  const { added, removed, changed, kept, moved } = rulesDiff({ was: against.rules, is: rules });
  return (
    <Panel title={t('rulesDiff')} text={t('rulesDiffText', { n: against.version })} testId="rules-change">
      {moved ? <p data-testid="rules-moved">{t('rulesMoved')}</p> : added.length + removed.length + changed.length === 0 ? <p>{t('rulesSame')}</p> : null}
      <ul className="flex flex-col gap-4">
        {added.map((rule) => (
          <Rule key={rule.id} rule={rule} kind="added" />
        ))}
        {changed.map((each) => (
          <Rule key={each.is.id} rule={each.is} was={each.was} kind="changed" />
        ))}
        {removed.map((rule) => (
          <Rule key={rule.id} rule={rule} kind="removed" />
        ))}
      </ul>
      {kept.length > 0 ? (
        <details>
          <summary className="min-h-10 inline-flex items-center font-bold text-crust">{t('rulesKept', { n: kept.length })}</summary>
          <Rules rules={kept} />
        </details>
      ) : rules.length === 0 ? (
        <p className="font-semibold">{t('rulesNone')}</p>
      ) : null}
    </Panel>
  );
}

function Rules({ rules }: { rules: readonly RiskRule[] }) {
  const { t } = useTranslation('risk');
  if (rules.length === 0) return <p className="font-semibold">{t('rulesNone')}</p>;
  return (
    <ul className="flex flex-col gap-4 pt-1">
      {rules.map((rule) => (
        <Rule key={rule.id} rule={rule} kind={null} />
      ))}
    </ul>
  );
}

const looks = { added: 'bg-good-glow text-good', removed: 'bg-warn-glow text-warn', changed: 'bg-glow text-ink' };

function Rule({ rule, was, kind }: { rule: RiskRule; was?: RiskRule; kind: keyof typeof looks | null }) {
  const { t } = useTranslation('risk');
  const { language } = useLanguage();
  return (
    <li data-testid="rule" data-rule={rule.id} data-kind={kind} className="flex flex-col gap-1">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        {kind === null ? null : <span className={`rounded-full px-2.5 py-0.5 text-xs font-bold ${looks[kind]}`}>{t(`rule_${kind}`)}</span>}
        <span className="font-bold">{rule.reason[language]}</span>
        <Outcome outcome={rule.outcome} />
        {rule.off ? <Switched off /> : null}
        <code className="text-xs text-soft">{rule.id}</code>
      </p>
      <Expression when={rule.when} isGone={kind === 'removed'} />
      {was === undefined ? null : (
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
          <span className="text-soft">{t('ruleWas')}</span>
          {was.outcome === rule.outcome ? null : <Outcome outcome={was.outcome} />}
          {was.off === rule.off ? null : <Switched off={was.off === true} />}
          {was.reason[language] === rule.reason[language] ? null : <span className="text-soft">{was.reason[language]}</span>}
          {was.when === rule.when ? null : <Expression when={was.when} isGone />}
        </div>
      )}
    </li>
  );
}

function Switched({ off }: { off: boolean }) {
  const { t } = useTranslation('risk');
  return <span className="rounded-full bg-sunk px-2.5 py-0.5 text-xs font-bold text-soft">{t(off ? 'rule_off' : 'rule_on')}</span>;
}

/** In words where a sentence says it, and as it is kept. */
function Expression({ when, isGone }: { when: string; isGone: boolean }) {
  const currency = useTerms().data?.currency;
  const words = useSentence();
  const says = currency === undefined ? null : words.ofWhen(when, currency);
  return (
    <div className={`min-w-0 rounded-xl bg-sunk px-3 py-2 [overflow-wrap:anywhere] ${isGone ? 'line-through text-soft' : ''}`}>
      {says === null ? null : <p className="text-base first-letter:uppercase">{says}</p>}
      <code className={says === null ? 'text-sm' : 'text-xs text-soft'}>{when}</code>
    </div>
  );
}
