// The service desk: who is at it, which reference, what the document says, and what came of it.
import type { Attested, FoundRecovery } from '@sonrisa/protocol/recovery-api.ts';
import { LogOut } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { codeOf } from '../api.ts';
import type { SentenceCode } from '../i18n/texts/en/problems.ts';
import { useDay } from '../i18n/use-day.ts';
import { Brand } from '../ui/Brand.tsx';
import { Button } from '../ui/Button.tsx';
import { Card } from '../ui/Card.tsx';
import { LanguageSwitch } from '../ui/LanguageSwitch.tsx';
import { Problem } from '../ui/Problem.tsx';
import { TextField } from '../ui/TextField.tsx';
import type { DeskClient } from './desk-client.ts';
import { DocumentForm, type Seen } from './DocumentForm.tsx';

export type DeskTools = { client: DeskClient; newKey: () => string; storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> };

const tokenKey = 'sonrisa.desk';

export function Desk({ tools }: { tools: DeskTools }) {
  const { t, i18n } = useTranslation('desk');
  const [token, setToken] = useState(() => tools.storage.getItem(tokenKey) ?? '');
  useEffect(() => {
    document.title = `Sonrisa · ${t('pageTitle')}`;
  }, [t, i18n.language]);
  const signIn = (typed: string): void => {
    tools.storage.setItem(tokenKey, typed);
    setToken(typed);
  };
  const leave = (): void => {
    tools.storage.removeItem(tokenKey);
    setToken('');
  };
  return (
    <div className="min-h-dvh flex flex-col max-w-2xl mx-auto">
      <header className="flex items-center justify-between gap-4 px-6 py-3">
        <Brand />
        <LanguageSwitch />
      </header>
      <main aria-label={t('pageTitle')} className="flex-1 px-6 pb-10 flex flex-col gap-5">
        {token === '' ? <SignIn onToken={signIn} /> : <AtDesk token={token} tools={tools} />}
        {token === '' ? null : (
          <Button look="quiet" className="mt-auto self-center" testId="leave-desk" onClick={leave}>
            <LogOut aria-hidden="true" className="size-5" /> {t('leave')}
          </Button>
        )}
      </main>
    </div>
  );
}

function SignIn({ onToken }: { onToken: (token: string) => void }) {
  const { t } = useTranslation('desk');
  const [typed, setTyped] = useState('');
  return (
    <Form title={t('signIn')} text={t('signInText')} problem={null} onSubmit={() => onToken(typed.trim())}>
      <TextField label={t('token')} note={t('tokenNote')} testId="desk-token" type="password" autoComplete="off" value={typed} onChange={setTyped} maxLength={200} />
      <Button type="submit" look="primary" size="large" wide testId="desk-begin" disabled={typed.trim() === ''}>
        {t('begin')}
      </Button>
    </Form>
  );
}

function AtDesk({ token, tools }: { token: string; tools: DeskTools }) {
  const { t } = useTranslation('desk');
  const [reference, setReference] = useState('');
  const [found, setFound] = useState<FoundRecovery | null>(null);
  const [attested, setAttested] = useState<Attested | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<SentenceCode | null>(null);
  const run = <T,>(work: Promise<T>, then: (done: T) => void): void => {
    setBusy(true);
    setProblem(null);
    work.then(then, (error: unknown) => setProblem(codeOf(error))).finally(() => setBusy(false));
  };
  const next = (): void => {
    setReference('');
    setFound(null);
    setAttested(null);
    setProblem(null);
  };
  if (attested) return <Done attested={attested} onNext={next} />;
  if (found) {
    const attest = ({ endSessions, ...document }: Seen): void => run(tools.client.attest(token, found.id, { ...document, endSessions: found.kind === 'account' && endSessions }, tools.newKey()), setAttested);
    return <DocumentForm found={found} busy={busy} problem={problem} onSeen={attest} onLeave={next} />;
  }
  return (
    <Form title={t('find')} text={t('findText')} problem={problem} onSubmit={() => run(tools.client.find(token, reference), setFound)}>
      <TextField label={t('reference')} note={t('referenceNote')} testId="desk-reference" inputMode="numeric" autoComplete="off" value={reference} onChange={setReference} maxLength={16} />
      <Button type="submit" look="primary" size="large" wide testId="desk-find" disabled={busy || reference.replace(/\D/g, '').length !== 8}>
        {t('look')}
      </Button>
    </Form>
  );
}

function Done({ attested, onNext }: { attested: Attested; onNext: () => void }) {
  const { t } = useTranslation('desk');
  const day = useDay();
  const { coolDownEndsAtMs } = attested;
  return (
    <Card className="flex flex-col gap-4" testId="desk-done">
      <p role="status" className="text-2xl font-extrabold">{coolDownEndsAtMs === null ? t('doneIdentity') : t('doneAccount', { at: day(coolDownEndsAtMs) })}</p>
      {coolDownEndsAtMs === null ? null : <p className="text-soft">{t('doneAccountText')}</p>}
      <Button look="primary" wide testId="desk-next" onClick={onNext}>
        {t('next')}
      </Button>
    </Card>
  );
}

function Form(props: { title: string; text: string; problem: SentenceCode | null; children: ReactNode; onSubmit: () => void }) {
  return (
    <form
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        props.onSubmit();
      }}
    >
      <div className="flex flex-col gap-2">
        <h1 className="text-3xl font-extrabold">{props.title}</h1>
        <p className="text-soft text-lg">{props.text}</p>
      </div>
      {props.problem ? <Problem code={props.problem} /> : null}
      {props.children}
    </form>
  );
}
