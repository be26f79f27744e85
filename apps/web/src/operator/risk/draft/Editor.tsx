// The draft on the page: its rules on the left, with what they change and what they would have decided; the way out on the right.
import type { RiskRule } from '@sonrisa/protocol/risk-api.ts';
import { comparedMax, rulesMax } from '@sonrisa/protocol/risk-api.ts';
import { Plus, RotateCcw, Undo2 } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { errorsOf, type ProblemErrors } from '../../../api.ts';
import { intlLocale } from '../../../i18n/language.ts';
import { useLanguage } from '../../../i18n/setup.ts';
import { Button } from '../../../ui/Button.tsx';
import { useOperator } from '../../operator-context.ts';
import { Panel } from '../../Panel.tsx';
import { hashOf } from '../../route.ts';
import { Comparison } from '../Comparison.tsx';
import type { RuleSet } from '../risk-client.ts';
import { RulesDifference } from '../RulesChange.tsx';
import { addRule, changeRule, isChanged, isFull, moveRule, removeRule, rulesOf, startDraft, stateOf, type Draft } from './draft.ts';
import { keepDraft } from './keep.ts';
import { RuleCard } from './RuleCard.tsx';
import { SaveDraft } from './SaveDraft.tsx';
import { SignalBook } from './SignalBook.tsx';
import { StartOver } from './StartOver.tsx';
import { useDraft, type DraftTools } from './use-draft.ts';
import { useFaults, type Faults } from './use-faults.ts';
import { useFocus } from './use-focus.ts';

export function Editor({ begin, active }: { begin: Draft; active: RuleSet }) {
  const { tools } = useOperator();
  const held = useDraft(begin, tools.drafts);
  const { draft } = held;
  const faults = useFaults(draft);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const list = useRef<HTMLDivElement>(null);
  const focusOn = useFocus(list);
  const openAll = (keys: readonly string[]): void => setOpen((before) => new Set([...before, ...keys]));
  const showFaults = (): void => {
    faults.sayAll();
    openAll(faults.all.map(({ key }) => key));
    focusOn(faulty);
  };
  const refused = (rules: readonly RiskRule[], errors: ProblemErrors): void => {
    const keys = faults.refused(rules, errors);
    openAll(keys);
    if (keys.length > 0) focusOn(faulty);
  };
  const rules = rulesOf(draft);
  const changed = isChanged(draft);
  // A reload goes on with it, whatever it began with.
  useEffect(() => {
    if (changed) history.replaceState(null, '', hashOf({ page: 'risk_draft', from: null }));
  }, [changed]);
  return (
    <div className="grid gap-6 items-start lg:grid-cols-[minmax(0,1fr)_22rem]">
      <div ref={list} className="flex flex-col gap-6 min-w-0">
        <RuleList held={held} faults={faults} open={open} setOpen={setOpen} focusOn={focusOn} active={active} />
        <Checks rules={rules} active={active} onFaulty={showFaults} onRefused={refused} />
        <SignalBook currency={draft.currency} />
      </div>
      <SaveDraft
        rules={rules}
        isChanged={changed}
        note={draft.note}
        said={faults.general}
        onNote={held.setNote}
        onRefused={refused}
        onFaulty={showFaults}
        onSaved={({ version }) => {
          keepDraft(tools.drafts, null);
          location.hash = hashOf({ page: 'risk_version', version });
        }}
      />
    </div>
  );
}

const faulty = '[aria-invalid="true"], [data-testid="fault"]';

type ListProps = { held: DraftTools; faults: Faults; open: ReadonlySet<string>; setOpen: (open: ReadonlySet<string>) => void; focusOn: (selector: string) => void; active: RuleSet };

function RuleList({ held, faults, open, setOpen, focusOn, active }: ListProps) {
  const { t } = useTranslation('rules');
  const { draft, change } = held;
  const [said, setSaid] = useState('');
  const isOpen = (key: string): boolean => open.has(key);
  const toggle = (key: string, wanted: boolean): void => setOpen(new Set(wanted ? [...open, key] : [...open].filter((each) => each !== key)));
  const add = (): void => {
    const key = String(draft.nextKey);
    change('add', addRule);
    toggle(key, true);
    setSaid(t('added'));
    focusOn(`[data-key="${key}"] [data-testid="signal"]`);
  };
  const move = (key: string, by: 1 | -1): void => {
    change('move', (before) => moveRule(before, key, by));
    setSaid(t('moved', { n: draft.rules.findIndex((rule) => rule.key === key) + 1 + by, of: draft.rules.length }));
    focusOn(`[data-key="${key}"] [data-testid="${by < 0 ? 'move-up' : 'move-down'}"]`);
  };
  return (
    <Panel title={t('rulesTitle')} text={t('orderText')} testId="draft-rules">
      <Tools held={held} active={active} onAdd={add} onUndone={() => setSaid(t('undone'))} />
      <p role="status" className="sr-only">{said}</p>
      {draft.rules.length === 0 ? (
        <div data-testid="rules-none" className="rounded-3xl border-2 border-dashed border-line px-6 py-10 text-center">
          <p className="text-xl font-extrabold">{t('none')}</p>
          <p className="text-soft">{t('noneText')}</p>
        </div>
      ) : (
        <ol className="flex flex-col gap-3 max-sm:-mx-3 [&_*]:scroll-mt-28">
          {draft.rules.map((rule, at) => (
            <RuleCard
              key={rule.key}
              rule={rule}
              place={at + 1}
              of={draft.rules.length}
              currency={draft.currency}
              state={stateOf(rule, draft)}
              isOpen={isOpen(rule.key)}
              faulty={faults.countOf(rule.key)}
              faultAt={(field) => faults.at(rule.key, field)}
              onLeave={(field) => faults.leave(rule.key, field)}
              onOpen={(wanted) => toggle(rule.key, wanted)}
              onChange={(changed, typing) => change('field', (before) => changeRule(before, rule.key, changed), typing && `${rule.key} ${typing}`)}
              onMove={(by) => move(rule.key, by)}
              onSwitch={(on) => change('switch', (before) => changeRule(before, rule.key, { off: !on }))}
              onRemove={() => {
                change('remove', (before) => removeRule(before, rule.key));
                setSaid(t('removed'));
                focusOn('[data-testid="undo"]');
              }}
            />
          ))}
        </ol>
      )}
    </Panel>
  );
}

/** What belongs to the whole list; it stays in view while the list is scrolled. */
function Tools({ held, active, onAdd, onUndone }: { held: DraftTools; active: RuleSet; onAdd: () => void; onUndone: () => void }) {
  const { t } = useTranslation('rules');
  const { draft, last, isKept, change, undo } = held;
  const [starting, setStarting] = useState(false);
  return (
    <div className="sm:sticky top-0 z-10 -mx-2 px-2 py-2 bg-card flex flex-col gap-2 border-b border-line">
      <div className="flex flex-wrap gap-2">
        <Button look="soft" size="small" testId="add-rule" disabled={isFull(draft)} onClick={onAdd}>
          <Plus aria-hidden="true" className="size-5" /> {t('add')}
        </Button>
        <Button size="small" testId="undo" disabled={last === null} onClick={() => (undo(), onUndone())}>
          <Undo2 aria-hidden="true" className="size-5" /> {t(last === null ? 'undoNone' : `undo_${last}`)}
        </Button>
        <Button look="quiet" size="small" testId="start-over" onClick={() => setStarting(true)}>
          <RotateCcw aria-hidden="true" className="size-5" /> {t('startOver')}
        </Button>
      </div>
      <p className="text-sm text-soft" data-testid="draft-state" data-base={draft.base ?? 'none'}>
        {draft.base === null ? t('basedOnNone') : t('basedOn', { n: draft.base })} {draft.base === active.version ? null : t('otherActive', { n: active.version })}{' '}
        {isFull(draft) ? t('full', { n: rulesMax }) : null} {!isKept ? <span className="font-bold text-warn">{t('unkept')}</span> : t(isChanged(draft) ? 'kept' : 'unchanged')}
      </p>
      {starting ? (
        <StartOver
          active={active.version}
          onClose={() => setStarting(false)}
          onStart={(ruleSet) => {
            setStarting(false);
            change('start', ({ currency, note }) => ({ ...startDraft({ base: ruleSet?.version ?? null, rules: ruleSet?.rules ?? [], currency }), note }));
          }}
        />
      ) : null}
    </div>
  );
}

type ChecksProps = { rules: readonly RiskRule[] | null; active: RuleSet; onFaulty: () => void; onRefused: (rules: readonly RiskRule[], errors: ProblemErrors) => void };

function Checks({ rules, active, onFaulty, onRefused }: ChecksProps) {
  const { t } = useTranslation('rules');
  const { language } = useLanguage();
  if (rules === null) {
    return (
      <Panel title={t('checks')} text={t('checksText')} testId="checks-wait">
        <Button size="small" className="self-start" testId="show-faults" onClick={onFaulty}>
          {t('showMe')}
        </Button>
      </Panel>
    );
  }
  return (
    <>
      <RulesDifference against={active} rules={rules} />
      <Comparison
        // Other rules, or others in charge, begin anew.
        key={`${active.version} ${JSON.stringify(rules)}`}
        title={t('backTest')}
        text={t('backTestText', { n: active.version })}
        startText={t('risk:backTestStart', { n: new Intl.NumberFormat(intlLocale(language)).format(comparedMax) })}
        testId="back-test"
        rules={[...rules, ...active.rules]}
        read={(client, token, page) =>
          client.backTestDraft(token, { rules, against: active.version }, page).catch((error: unknown) => {
            onRefused(rules, errorsOf(error));
            throw error;
          })
        }
      />
    </>
  );
}
