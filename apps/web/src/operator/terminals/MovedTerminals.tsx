// Terminals that ask from a network nobody confirmed: their camera stays shut until somebody says that they belong there, or switches them off.
import type { MovedTerminal } from '@sonrisa/protocol/back-office-api.ts';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Fetched } from '../../ui/Fetched.tsx';
import { Empty } from '../Empty.tsx';
import { useRead } from '../operator-context.ts';
import { MovedCard } from './MovedCard.tsx';
import { movedMax } from './terminals-client.ts';

const readEveryMs = 30_000;

export function MovedTerminals() {
  const { t } = useTranslation('terminals');
  const moved = useRead(['moved-terminals'], (client, token) => client.movedTerminals(token), readEveryMs);
  const [done, setDone] = useState<string | null>(null);
  const said = useRef<HTMLParagraphElement>(null);
  // The card that was acted on is gone, and the keyboard's place with it.
  useEffect(() => {
    if (done !== null) said.current?.focus();
  }, [done]);
  return (
    <>
      <div className="max-w-3xl">
        <h1 className="text-3xl font-extrabold">{t('title')}</h1>
        <p className="text-soft mt-1">{t('lead')}</p>
      </div>
      <div role="status" className={done === null ? 'sr-only' : ''}>
        {done === null ? null : (
          <p ref={said} tabIndex={-1} data-testid="terminal-done" className="rounded-2xl bg-good-glow px-5 py-3 font-semibold animate-rise">
            {done}
          </p>
        )}
      </div>
      <Fetched query={moved}>{(read) => (read.length === 0 ? <Empty title={t('none')} text={t('noneText')} testId="moved-none" /> : <Cards moved={read} onDone={setDone} />)}</Fetched>
    </>
  );
}

function Cards({ moved, onDone }: { moved: readonly MovedTerminal[]; onDone: (said: string) => void }) {
  const { t } = useTranslation('terminals');
  return (
    <>
      {moved.length < movedMax ? null : <p className="rounded-2xl px-5 py-3 text-sm font-semibold bg-warn-glow">{t('more', { n: movedMax })}</p>}
      <ul className="flex flex-col gap-6">
        {moved.map((each) => (
          <MovedCard key={each.id} terminal={each} onDone={onDone} />
        ))}
      </ul>
    </>
  );
}
