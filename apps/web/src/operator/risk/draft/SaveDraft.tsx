// The way out of a draft: a version with a note, which then goes the way of every version.
import type { RiskRule } from '@sonrisa/protocol/risk-api.ts';
import { useTranslation } from 'react-i18next';
import { errorsOf } from '../../../api.ts';
import { Button } from '../../../ui/Button.tsx';
import { Card } from '../../../ui/Card.tsx';
import { Problem } from '../../../ui/Problem.tsx';
import { NoteField } from '../../NoteField.tsx';
import { useAction } from '../../use-action.ts';
import type { ProblemErrors } from '../../../api.ts';
import type { RuleSet } from '../risk-client.ts';

const noteMax = 200;

type SaveProps = {
  /** Null: something has to be put right first. */
  rules: readonly RiskRule[] | null;
  isChanged: boolean;
  note: string;
  /** What the server said of no rule in particular. */
  said: readonly string[];
  onNote: (note: string) => void;
  onRefused: (rules: readonly RiskRule[], errors: ProblemErrors) => void;
  onFaulty: () => void;
  onSaved: (saved: RuleSet) => void;
};

export function SaveDraft({ rules, isChanged, note, said, onNote, onRefused, onFaulty, onSaved }: SaveProps) {
  const { t } = useTranslation('rules');
  const { busy, problem, run } = useAction(['risk', 'rule-sets']);
  const missing = rules === null ? 'needsRules' : !isChanged ? 'needsChange' : note.trim() === '' ? 'needsNote' : null;
  const save = (): void => {
    if (rules === null) return onFaulty();
    run(
      (client, token, key) =>
        client.addRules(token, { rules: [...rules], note: note.trim() }, key).catch((error: unknown) => {
          onRefused(rules, errorsOf(error));
          throw error;
        }),
      onSaved,
    );
  };
  return (
    <Card className="flex flex-col gap-4 lg:sticky lg:top-4" testId="save-draft">
      <div>
        <h2 className="text-xl font-extrabold">{t('save')}</h2>
        <p className="text-soft text-sm">{t('saveText')}</p>
      </div>
      {problem ? (
        <Problem code={problem}>
          {said.map((message) => (
            <p key={message}>{t('serverSays', { message })}</p>
          ))}
        </Problem>
      ) : null}
      {/* What is kept is one line. */}
      <NoteField label={t('note')} value={note} rows={2} max={noteMax} testId="note" onChange={(typed) => onNote(typed.replaceAll('\n', ' '))} />
      {/* With fields to put right it leads to the first of them. */}
      <Button look="primary" wide testId="save" disabled={busy || (missing !== null && missing !== 'needsRules')} aria-describedby="save-needs" onClick={save}>
        {t('saveButton')}
      </Button>
      <p id="save-needs" data-testid="save-needs" className="text-sm text-soft">
        {t(missing ?? 'noteText')}
      </p>
    </Card>
  );
}
