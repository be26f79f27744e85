// What a document says, typed in by who holds it. Nothing of the account is on this page, so that nobody can be led by it.
import { documentKinds, type FoundRecovery } from '@sonrisa/protocol/recovery-api.ts';
import { IdCard } from 'lucide-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SentenceCode } from '../i18n/texts/en/problems.ts';
import { useDay } from '../i18n/use-day.ts';
import { Button } from '../ui/Button.tsx';
import { Card } from '../ui/Card.tsx';
import { Problem } from '../ui/Problem.tsx';
import { TextField } from '../ui/TextField.tsx';

export type Seen = { document: (typeof documentKinds)[number]; name: string; bornOn: string; endSessions: boolean };
type Props = { found: FoundRecovery; busy: boolean; problem: SentenceCode | null; onSeen: (seen: Seen) => void; onLeave: () => void };

export function DocumentForm({ found, busy, problem, onSeen, onLeave }: Props) {
  const { t } = useTranslation('desk');
  const selectId = useId();
  const [document, setDocument] = useState<Seen['document']>('id_card');
  const [name, setName] = useState('');
  const [bornOn, setBornOn] = useState('');
  const [endSessions, setEndSessions] = useState(false);
  return (
    <form
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        onSeen({ document, name: name.trim(), bornOn, endSessions });
      }}
    >
      <About found={found} />
      <h2 className="text-2xl font-extrabold">{t('check')}</h2>
      <p className="text-soft">{t('checkText')}</p>
      {problem ? <Problem code={problem} /> : null}
      <div>
        <label htmlFor={selectId} className="block font-bold mb-1.5">{t('document')}</label>
        <select id={selectId} data-testid="desk-document" aria-describedby={`${selectId}-note`} className="w-full min-h-14 rounded-2xl border-2 border-edge bg-card px-4 text-lg font-semibold" value={document} onChange={(event) => setDocument(event.target.value as Seen['document'])}>
          {documentKinds.map((kind) => (
            <option key={kind} value={kind}>
              {t(`document_${kind}`)}
            </option>
          ))}
        </select>
        <p id={`${selectId}-note`} className="mt-1.5 text-sm text-soft">{t('documentNote')}</p>
      </div>
      <TextField label={t('name')} note={t('nameNote')} testId="desk-name" autoComplete="off" value={name} onChange={setName} maxLength={40} />
      <TextField label={t('born')} note={t('bornNote')} testId="desk-born" type="date" value={bornOn} onChange={setBornOn} />
      {found.kind === 'account' ? (
        <label className="min-h-12 flex items-center gap-3 font-semibold">
          <input type="checkbox" data-testid="desk-stolen" className="size-5 accent-crust" checked={endSessions} onChange={(event) => setEndSessions(event.target.checked)} />
          {t('stolen')}
        </label>
      ) : null}
      <Button type="submit" look="primary" size="large" wide testId="desk-attest" disabled={busy || name.trim() === '' || bornOn === ''}>
        {t('attest')}
      </Button>
      <Button look="quiet" wide testId="desk-next" onClick={onLeave}>
        {t('next')}
      </Button>
    </form>
  );
}

function About({ found }: { found: FoundRecovery }) {
  const { t } = useTranslation('desk');
  const day = useDay();
  return (
    <Card className="flex items-start gap-4" testId="desk-found">
      <IdCard aria-hidden="true" className="size-8 shrink-0 text-crust" />
      <div>
        <h1 className="text-xl font-extrabold">{t(`kind_${found.kind}`)}</h1>
        <p className="text-soft">{t('askedAt', { at: day(found.askedAtMs) })}</p>
        {found.numberEnds === null ? null : <p className="text-soft">{t('numberEnds', { digits: found.numberEnds })}</p>}
        {found.newNumber ? <p className="font-semibold">{t('newNumber')}</p> : null}
      </div>
    </Card>
  );
}
