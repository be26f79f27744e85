// What was found of a pair, and why. Nothing is done before it is confirmed.
import type { CloseFaceReview, FaceReview } from '@sonrisa/protocol/face-reviews-api.ts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { SureDialog } from '../../ui/SureDialog.tsx';
import { NoteField } from '../NoteField.tsx';
import { useAction } from '../use-action.ts';

const choices = ['different', 'same_newer', 'same_older', 'new_look_newer', 'new_look_older'] as const;
type Choice = (typeof choices)[number];
const noteMax = 500;

const bodies: Record<Choice, (note: string) => CloseFaceReview> = {
  different: (note) => ({ finding: 'different', note }),
  same_newer: (note) => ({ finding: 'same', party: 'newer', note }),
  same_older: (note) => ({ finding: 'same', party: 'older', note }),
  new_look_newer: (note) => ({ finding: 'new_look', party: 'newer', note }),
  new_look_older: (note) => ({ finding: 'new_look', party: 'older', note }),
};
const explanations = { different: 'different', same_newer: 'same', same_older: 'same', new_look_newer: 'new_look', new_look_older: 'new_look' } as const;

export function Decide({ review }: { review: FaceReview }) {
  const { t } = useTranslation('faces');
  const { busy, problem, run } = useAction(['face-reviews']);
  const [choice, setChoice] = useState<Choice | null>(null);
  const [note, setNote] = useState('');
  const [asking, setAsking] = useState(false);
  const begun = review.party;
  const offered = choices.filter((each) => begun === null || each === `same_${begun}`);
  const decide = (): void => {
    setAsking(false);
    if (choice !== null) run((client, token, key) => client.closeFaceReview(token, review.id, bodies[choice](note.trim()), key));
  };
  return (
    <div className="flex flex-col gap-4">
      {begun === null ? null : <p className="rounded-2xl bg-warn-glow px-4 py-3">{t('begun')}</p>}
      {problem ? <Problem code={problem} /> : null}
      <fieldset className="flex flex-col">
        <legend className="text-lg font-extrabold mb-1">{t('decide')}</legend>
        {offered.map((each) => (
          <label key={each} className="min-h-12 flex items-start gap-3 py-2">
            <input type="radio" name={`finding-${review.id}`} data-testid={`finding-${each}`} className="mt-1 size-5 shrink-0 accent-crust" checked={choice === each} onChange={() => setChoice(each)} />
            <span className="font-bold">{t(`finding_${each}`)}</span>
          </label>
        ))}
      </fieldset>
      {choice === null ? null : <p className="text-sm text-soft">{t(`findingText_${explanations[choice]}`)}</p>}
      <NoteField label={t('note')} value={note} rows={2} max={noteMax} testId="review-note" onChange={setNote} />
      <Button look="primary" wide testId="decide" disabled={busy || choice === null || note.trim() === ''} onClick={() => setAsking(true)}>
        {t('close')}
      </Button>
      {asking && choice !== null ? (
        <SureDialog title={t('closeSure')} text={t('closeSureText', { finding: t(`finding_${choice}`) })} yes={t('close')} testId="decide-sure" onYes={decide} onClose={() => setAsking(false)} />
      ) : null}
    </div>
  );
}
