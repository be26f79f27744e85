// One version of the rules: what it changes on the left, tested on what happened and on what happens; the way out into the stores on the right.
import type { OperatorStore, RiskRollOut } from '@sonrisa/protocol/risk-api.ts';
import { comparedMax } from '@sonrisa/protocol/risk-api.ts';
import { ArrowLeft } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { Fetched } from '../../ui/Fetched.tsx';
import { useRead } from '../operator-context.ts';
import { hashOf } from '../route.ts';
import { Comparison } from './Comparison.tsx';
import { WriteLink } from './draft/WriteLink.tsx';
import { InCharge } from './InCharge.tsx';
import type { RuleSet } from './risk-client.ts';
import { RollOut } from './RollOut.tsx';
import { RulesChange } from './RulesChange.tsx';
import { useRollOuts, useStores, useWords } from './use-roll-out.ts';

export function VersionPage({ version }: { version: number }) {
  const { t } = useTranslation('risk');
  const rollOuts = useRollOuts();
  const stores = useStores();
  const rules = useRuleSet(version);
  return (
    <>
      <a href={hashOf({ page: 'risk' })} data-testid="back-versions" className="self-start -my-2 min-h-12 inline-flex items-center gap-2 font-bold text-soft hover:text-ink">
        <ArrowLeft aria-hidden="true" className="size-5" /> {t('back')}
      </a>
      <Fetched query={rules}>
        {(read) => (
          <>
            <Head ruleSet={read} stores={stores.data ?? []} />
            <Fetched query={rollOuts}>
              {(all) => (
                <>
                  <InCharge rollOuts={all} stores={stores.data ?? []} />
                  {all[0] ? <Shown ruleSet={read} rollOut={all[0]} stores={stores.data ?? []} /> : null}
                </>
              )}
            </Fetched>
          </>
        )}
      </Fetched>
    </>
  );
}

const useRuleSet = (version: number) => useRead(['risk', 'rule-set', String(version)], (client, token) => client.ruleSet(token, version));

function Head({ ruleSet, stores }: { ruleSet: RuleSet; stores: readonly OperatorStore[] }) {
  const { t } = useTranslation('risk');
  const words = useWords(stores);
  return (
    <div className="flex flex-wrap items-end justify-between gap-x-8 gap-y-4">
      <div className="min-w-0">
        <h1 className="text-3xl font-extrabold">{t('version', { n: ruleSet.version })}</h1>
        <p className="mt-1 text-lg [overflow-wrap:anywhere]">{ruleSet.note}</p>
        <p className="text-soft text-sm">{t('madeBy', { at: words.at(ruleSet.madeAtMs), by: words.who(ruleSet.madeBy) })}</p>
      </div>
      <WriteLink from={ruleSet.version} />
    </div>
  );
}

function Shown({ ruleSet, rollOut, stores }: { ruleSet: RuleSet; rollOut: RiskRollOut; stores: readonly OperatorStore[] }) {
  const active = useRuleSet(rollOut.active);
  return (
    <div className="grid gap-6 items-start lg:grid-cols-[minmax(0,1fr)_24rem]">
      <div className="flex flex-col gap-6 min-w-0">
        <Fetched query={active}>
          {(inCharge) => (
            <>
              <RulesChange was={inCharge} is={ruleSet} />
              {inCharge.version === ruleSet.version ? null : <Comparisons was={inCharge} is={ruleSet} rollOut={rollOut} />}
            </>
          )}
        </Fetched>
      </div>
      <RollOut version={ruleSet.version} rollOut={rollOut} stores={stores} />
    </div>
  );
}

function Comparisons({ was, is, rollOut }: { was: RuleSet; is: RuleSet; rollOut: RiskRollOut }) {
  const { t } = useTranslation('risk');
  const { language } = useLanguage();
  const locale = intlLocale(language);
  const rules = [...is.rules, ...was.rules];
  const since = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(rollOut.atMs);
  return (
    <>
      {rollOut.candidate?.version === is.version ? (
        // Another change of the roll-out begins anew.
        <Comparison
          key={`candidate ${rollOut.number}`}
          title={t('shadow')}
          text={t('shadowText', { at: since })}
          startText={t('shadowStart')}
          testId="candidate"
          rules={rules}
          read={(client, token, page) => client.candidate(token, page)}
        />
      ) : null}
      <Comparison
        key={`back-test ${was.version}`}
        title={t('backTest')}
        text={t('backTestText')}
        startText={t('backTestStart', { n: new Intl.NumberFormat(locale).format(comparedMax) })}
        testId="back-test"
        rules={rules}
        read={(client, token, page) => client.backTest(token, { version: is.version, against: was.version }, page)}
      />
    </>
  );
}
