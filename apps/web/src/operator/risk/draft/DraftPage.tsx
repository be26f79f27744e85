// Writing risk rules: goes on with the draft that is in the browser, or begins one with a version.
import { ArrowLeft } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/Button.tsx';
import { Fetched } from '../../../ui/Fetched.tsx';
import { useOperator, useRead } from '../../operator-context.ts';
import { Panel } from '../../Panel.tsx';
import { hashOf } from '../../route.ts';
import type { RuleSet } from '../risk-client.ts';
import { useRollOuts, useTerms } from '../use-roll-out.ts';
import { startDraft, type Draft } from './draft.ts';
import { Editor } from './Editor.tsx';
import { readDraft } from './keep.ts';

/** `from`: the version to begin with; null: the one in charge. */
export function DraftPage({ from }: { from: number | null }) {
  const { t } = useTranslation('rules');
  const rollOuts = useRollOuts();
  return (
    <>
      <a href={hashOf({ page: 'risk' })} data-testid="back-versions" className="self-start -my-2 min-h-12 inline-flex items-center gap-2 font-bold text-soft hover:text-ink">
        <ArrowLeft aria-hidden="true" className="size-5" /> {t('risk:back')}
      </a>
      <div>
        <h1 className="text-3xl font-extrabold">{t('title')}</h1>
        <p className="text-soft mt-1 max-w-3xl">{t('lead')}</p>
      </div>
      <Fetched query={rollOuts}>{([current]) => (current ? <Beginning active={current.active} from={from} /> : null)}</Fetched>
    </>
  );
}

const useRuleSet = (version: number) => useRead(['risk', 'rule-set', String(version)], (client, token) => client.ruleSet(token, version));

function Beginning({ active, from }: { active: number; from: number | null }) {
  const { tools } = useOperator();
  const [kept, setKept] = useState(() => readDraft(tools.drafts));
  const terms = useTerms();
  const inCharge = useRuleSet(active);
  // Stays with what it began with, whatever is put in charge meanwhile.
  const [first] = useState(from ?? active);
  const base = useRuleSet(first);
  return (
    <Fetched query={terms}>
      {({ currency }) => (
        <Fetched query={inCharge}>
          {(activeSet) => {
            const usable = kept?.currency === currency ? kept : null;
            if (usable && from !== null && usable.base !== from) return <Found draft={usable} from={from} onAnew={() => setKept(null)} />;
            return <Fetched query={base}>{(ruleSet) => <Editor begin={usable ?? begunWith(ruleSet, currency)} active={activeSet} />}</Fetched>;
          }}
        </Fetched>
      )}
    </Fetched>
  );
}

const begunWith = ({ version, rules }: RuleSet, currency: string): Draft => startDraft({ base: version, rules, currency });

/** Nothing that somebody wrote is thrown away unasked. */
function Found({ draft, from, onAnew }: { draft: Draft; from: number; onAnew: () => void }) {
  const { t } = useTranslation('rules');
  return (
    <Panel title={t('found_title')} text={draft.base === null ? t('foundNone_text') : t('found_text', { base: draft.base })} testId="draft-found">
      <div className="flex flex-wrap gap-3">
        <Button look="primary" size="small" testId="draft-go-on" onClick={() => (location.hash = hashOf({ page: 'risk_draft', from: null }))}>
          {t('found_goOn')}
        </Button>
        <Button look="danger" size="small" testId="draft-anew" onClick={onAnew}>
          {t('found_anew', { n: from })}
        </Button>
      </div>
    </Panel>
  );
}
