// Another beginning of the draft: a version, or no rules at all.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { Problem } from '../../../ui/Problem.tsx';
import { useRead } from '../../operator-context.ts';
import { useAction } from '../../use-action.ts';
import type { RuleSet } from '../risk-client.ts';
import { Pick } from './ConditionRow.tsx';

const empty = 'empty';

/** `onStart` with null: no rules. */
export function StartOver({ active, onStart, onClose }: { active: number; onStart: (ruleSet: RuleSet | null) => void; onClose: () => void }) {
  const { t } = useTranslation('rules');
  const versions = useRead(['risk', 'rule-sets'], (client, token) => client.ruleSets(token));
  const [picked, setPicked] = useState(String(active));
  const { busy, problem, run } = useAction();
  return (
    <Dialog title={t('startOver_title')} testId="start-over-sure" onClose={onClose}>
      <p>{t('startOver_text')}</p>
      <div>
        <label htmlFor="start-over-with" className="block font-bold mb-1.5">{t('startOver_with')}</label>
        <Pick id="start-over-with" testId="start-over-with" fault={null} value={picked} onPick={setPicked}>
          {(versions.data ?? []).map(({ version, note }) => (
            <option key={version} value={version}>{t(version === active ? 'startOver_active' : 'startOver_version', { n: version, note })}</option>
          ))}
          <option value={empty}>{t('startOver_empty')}</option>
        </Pick>
      </div>
      {problem ? <Problem code={problem} /> : null}
      <Button
        look="primary" wide testId="start-over-yes" disabled={busy}
        onClick={() => (picked === empty ? onStart(null) : run((client, token) => client.ruleSet(token, Number(picked)), onStart))}
      >
        {t('startOver_yes')}
      </Button>
    </Dialog>
  );
}
