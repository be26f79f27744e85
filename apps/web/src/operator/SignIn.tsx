// The back office opens with a person's own token, or in a sandbox with that of one of its two people.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { codeOf } from '../api.ts';
import type { SentenceCode } from '../i18n/texts/en/problems.ts';
import { Button } from '../ui/Button.tsx';
import { Card } from '../ui/Card.tsx';
import { Problem } from '../ui/Problem.tsx';
import type { OperatorClient, SandboxPerson } from './operator-client.ts';

export function SignIn(props: { client: OperatorClient; sandboxPeople: readonly SandboxPerson[]; problem: SentenceCode | null; onToken: (token: string) => void }) {
  const { t } = useTranslation('operator');
  const { client, sandboxPeople, onToken } = props;
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(props.problem);
  const [wrong, setWrong] = useState(false);
  const enter = async (token: string): Promise<void> => {
    // What no header can carry is no token of ours.
    if (!/^[\x21-\x7e]+$/.test(token)) return setWrong(true);
    setBusy(true);
    setWrong(false);
    setProblem(null);
    try {
      // Tried before it is kept.
      await client.cases(token, 'open');
      onToken(token);
    } catch (error) {
      setBusy(false);
      const code = codeOf(error);
      if (code === 'unauthorised') setWrong(true);
      else setProblem(code);
    }
  };
  return (
    <Card className="m-auto w-full max-w-lg flex flex-col gap-5" testId="sign-in">
      <div>
        <h1 className="text-3xl font-extrabold">{t('title')}</h1>
        <p className="text-soft mt-1">{t('signInText')}</p>
      </div>
      {wrong ? (
        <p role="alert" data-testid="token-wrong" className="rounded-3xl bg-warn-glow px-5 py-4 font-semibold animate-rise">
          {t('tokenWrong')}
        </p>
      ) : problem ? (
        <Problem code={problem} />
      ) : null}
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed.trim() !== '') void enter(typed.trim());
        }}
      >
        <label className="block font-bold">
          {t('token')}
          <input
            type="password"
            autoComplete="current-password"
            data-testid="token"
            maxLength={200}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            className="mt-1.5 w-full min-h-14 rounded-2xl border-2 border-edge bg-card px-4 text-lg font-semibold"
          />
        </label>
        <Button look="primary" wide type="submit" testId="sign-in-token" disabled={busy || typed.trim() === ''}>
          {t('signIn')}
        </Button>
      </form>
      <SandboxPeople people={sandboxPeople} busy={busy} onToken={(token) => void enter(token)} />
    </Card>
  );
}

function SandboxPeople({ people, busy, onToken }: { people: readonly SandboxPerson[]; busy: boolean; onToken: (token: string) => void }) {
  const { t } = useTranslation('operator');
  if (people.length === 0) return null;
  return (
    <div className="flex flex-col gap-3" data-testid="sandbox-people">
      <p className="text-sm text-soft">{t('signInSandbox')}</p>
      {people.map(({ name, token }, at) => (
        <Button key={name} wide testId={at === 0 ? 'sign-in-sandbox' : `sign-in-sandbox-${at + 1}`} disabled={busy} onClick={() => onToken(token)}>
          {t('signInAs', { name })}
        </Button>
      ))}
    </div>
  );
}
