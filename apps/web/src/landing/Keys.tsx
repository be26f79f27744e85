// The sandbox's keys, covered until somebody wants to see them: this page is often on a shared screen.
import { Eye, EyeOff } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CopyButton } from '../ui/CopyButton.tsx';
import { Button } from '../ui/Button.tsx';
import type { LandingTools, SandboxKeys } from './use-installation.ts';

const names = ['merchantKey', 'operatorToken', 'activationCode'] as const;

export function Keys(props: { keys: SandboxKeys; tools: LandingTools }) {
  const { t } = useTranslation(['landing', 'ui']);
  return (
    <section aria-labelledby="keys" data-testid="sandbox-keys" className="rounded-[2rem] bg-sunk border border-line p-6 flex flex-col gap-5">
      <div>
        <div className="flex flex-wrap items-center gap-3">
          <h2 id="keys" className="text-2xl font-extrabold">
            {t('keysTitle')}
          </h2>
          <span className="rounded-full bg-ink text-paper px-3 py-0.5 text-sm font-bold">{t('ui:sandbox')}</span>
        </div>
        <p className="text-soft mt-1">{t('keysText')}</p>
      </div>
      <ul className="flex flex-col gap-3">
        {names.map((name) => (
          <Key key={name} name={name} value={props.keys[name]} tools={props.tools} />
        ))}
      </ul>
    </section>
  );
}

function Key(props: { name: (typeof names)[number]; value: string; tools: LandingTools }) {
  const { t } = useTranslation('landing');
  const [shown, setShown] = useState(false);
  const name = t(props.name);
  return (
    <li className="rounded-3xl bg-card border border-line px-5 py-4 flex flex-wrap items-center gap-x-4 gap-y-3">
      <div className="w-44 shrink-0">
        <p className="font-bold">{name}</p>
        <p className="text-sm text-soft">{t(`${props.name}Text`)}</p>
      </div>
      <div className="grow basis-56 min-w-0" data-testid={`key-${props.name}`}>
        {shown ? (
          <code className="text-sm [overflow-wrap:anywhere]">{props.value}</code>
        ) : (
          <span className="text-soft tracking-[0.2em]">
            <span aria-hidden="true">••••••••••••</span>
            <span className="sr-only">{t('hidden')}</span>
          </span>
        )}
      </div>
      <div className="flex gap-2">
        <Button size="small" testId={`show-${props.name}`} aria-label={t(shown ? 'hideKey' : 'showKey', { name })} onClick={() => setShown(!shown)}>
          {shown ? <EyeOff aria-hidden="true" className="size-5" /> : <Eye aria-hidden="true" className="size-5" />}
          {t(shown ? 'hide' : 'show')}
        </Button>
        <CopyButton text={props.value} label={t('copyKey', { name })} namespace="landing" copy={props.tools.copy} testId={`copy-${props.name}`} />
      </div>
    </li>
  );
}
