// What surrounds every state of the till: ribbon, shop, and the ways out that are always there.
import type { TerminalProfile } from '@sonrisa/protocol/terminal-api.ts';
import { CircleHelp, HandCoins, X } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { intlLocale } from '../i18n/language.ts';
import { useLanguage } from '../i18n/setup.ts';
import { Brand } from '../ui/Brand.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { LanguageSwitch } from '../ui/LanguageSwitch.tsx';
import { Ribbon } from '../ui/Ribbon.tsx';
import { useKiosk } from './kiosk-context.ts';
import { isSale, isSettling } from './machine.ts';
import { oneIn } from './odds.ts';

const standardBudget = 1e-6;

export function Frame(props: { children: ReactNode }) {
  const { model } = useKiosk();
  const profile = model.installed?.profile;
  const { t } = useTranslation('kiosk');
  const { language } = useLanguage();
  const shop = profile && (language === 'zh' ? `${profile.merchant.nameZh} · ${profile.store.nameZh}` : `${profile.merchant.name} · ${profile.store.name}`);
  return (
    <div className="h-dvh flex flex-col overflow-hidden">
      {profile?.installation === 'production' ? null : <Ribbon live={profile?.mode === 'live'} />}
      <header className="flex items-center justify-between gap-4 px-6 py-3">
        <Brand />
        <span className="flex items-center gap-2 min-w-0">
          {shop ? <span className="text-soft text-sm font-semibold truncate">{shop}</span> : null}
          <LanguageSwitch />
        </span>
      </header>
      <main key={stageKey(model.state.name)} data-state={model.state.name} aria-label={t('pageTitle')} className="flex-1 min-h-0 overflow-y-auto flex flex-col animate-rise">
        {props.children}
      </main>
      <Footer profile={profile} />
    </div>
  );
}

// Framing and challenge are one picture with an open camera: remounting it between them would close the camera.
const stageKey = (name: string): string => (name === 'challenge' ? 'framing' : name);

function Footer(props: { profile: TerminalProfile | undefined }) {
  const { model, send } = useKiosk();
  const { t } = useTranslation(['kiosk', 'ui']);
  const [helping, setHelping] = useState(false);
  const { state } = model;
  const action = 'min-h-12 px-3 inline-flex items-center gap-2 rounded-full font-bold text-soft hover:text-ink hover:bg-sunk transition-colors duration-150';
  const canLeave = model.installed !== null && isSale(state) && !isSettling(state) && state.name !== 'paid';
  const canPayElse = (canLeave || (model.installed !== null && state.name === 'idle')) && state.name !== 'other_way';
  return (
    <footer className="px-4 pb-3 pt-2 border-t border-line bg-paper">
      <nav className="flex flex-wrap items-center justify-between gap-x-2 text-sm">
        <button type="button" data-testid="cancel" className={`${action} ${canLeave ? '' : 'invisible'}`} onClick={() => send({ type: 'leave' })}>
          <X aria-hidden="true" className="size-5" /> {t('ui:cancel')}
        </button>
        <button type="button" data-testid="other-way" className={`${action} ${canPayElse ? '' : 'invisible'}`} onClick={() => send({ type: 'other_way' })}>
          <HandCoins aria-hidden="true" className="size-5" /> {t('otherWay')}
        </button>
        <button type="button" data-testid="help" className={action} onClick={() => setHelping(true)}>
          <CircleHelp aria-hidden="true" className="size-5" /> {t('ui:help')}
        </button>
      </nav>
      <Budget profile={props.profile} />
      {helping ? (
        <Dialog title={t('helpTitle')} testId="help-dialog" onClose={() => setHelping(false)}>
          {(['help1', 'help2', 'help3', 'help4'] as const).map((key) => (
            <p key={key}>{t(key)}</p>
          ))}
        </Dialog>
      ) : null}
    </footer>
  );
}

function Budget(props: { profile: TerminalProfile | undefined }) {
  const { t } = useTranslation('kiosk');
  const { language } = useLanguage();
  if (!props.profile) return null;
  const locale = intlLocale(language);
  const here = oneIn(props.profile.errorBudget, locale);
  const standard = oneIn(standardBudget, locale);
  return (
    <p data-testid="budget" className="text-center text-xs text-soft mt-1">
      {props.profile.mode === 'sandbox' ? t('budget', { here, standard }) : t('budgetProduction', { here })}
    </p>
  );
}
