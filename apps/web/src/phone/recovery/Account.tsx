// "My account": the number, who its owner is, what is under way and what happened.
import type { Account as AccountView } from '@sonrisa/protocol/recovery-api.ts';
import { BadgeCheck, IdCard, KeyRound, Phone, ShieldAlert } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Fetched } from '../../ui/Fetched.tsx';
import { useDay } from '../../i18n/use-day.ts';
import { BackToMyPhone } from '../Back.tsx';
import { ChangeNumber } from './ChangeNumber.tsx';
import { ForgotPin } from './ForgotPin.tsx';
import { Identity } from './Identity.tsx';
import { UnderWay } from './UnderWay.tsx';
import { useAccount } from './use-account.ts';

export function Account() {
  const { t } = useTranslation('recovery');
  const account = useAccount();
  return (
    <div className="flex-1 flex flex-col gap-4 px-5 py-4">
      <BackToMyPhone />
      <h1 className="text-2xl font-extrabold">{t('accountTitle')}</h1>
      <Fetched query={account}>{(read) => <Shown account={read} />}</Fetched>
    </div>
  );
}

function Shown({ account }: { account: AccountView }) {
  const { t } = useTranslation('recovery');
  const day = useDay();
  const [opened, setOpened] = useState<'pin' | 'number' | 'identity' | null>(null);
  const close = (): void => setOpened(null);
  return (
    <>
      {account.guardedUntilMs === null ? null : (
        <p role="status" data-testid="guarded" className="flex items-start gap-3 rounded-3xl bg-warn-glow px-5 py-4">
          <ShieldAlert aria-hidden="true" className="size-6 shrink-0 text-warn" /> {t('guarded', { at: day(account.guardedUntilMs) })}
        </p>
      )}
      <UnderWay account={account} />
      <Card className="flex flex-col gap-3">
        <p className="flex items-center gap-3">
          <Phone aria-hidden="true" className="size-6 shrink-0 text-crust" />
          <span>
            <span className="block font-bold">{t('number')}</span>
            <span className="block text-soft" data-testid="number">{account.phoneMasked ?? t('numberNone')}</span>
          </span>
        </p>
        <Button wide testId="change-number" onClick={() => setOpened('number')}>
          {t('changeNumber')}
        </Button>
        <Button wide testId="forgot-pin" onClick={() => setOpened('pin')}>
          <KeyRound aria-hidden="true" /> {t('forgotPin')}
        </Button>
      </Card>
      <Card className="flex flex-col gap-3">
        <p className="flex items-start gap-3" data-testid="level" data-level={account.level}>
          {account.level === 'attested' ? <BadgeCheck aria-hidden="true" className="size-6 shrink-0 text-good" /> : <IdCard aria-hidden="true" className="size-6 shrink-0 text-crust" />}
          <span>
            <span className="block font-bold">{t('level')}</span>
            <span className="block text-sm text-soft">{t(`level_${account.level}`)}</span>
          </span>
        </p>
        {account.level === 'attested' ? null : (
          <Button wide testId="identity" onClick={() => setOpened('identity')}>
            {t('proveIdentity')}
          </Button>
        )}
      </Card>
      <History events={account.events} />
      {opened === 'pin' ? <ForgotPin account={account} onClose={close} /> : null}
      {opened === 'number' ? <ChangeNumber account={account} onClose={close} /> : null}
      {opened === 'identity' ? <Identity account={account} onClose={close} /> : null}
    </>
  );
}

function History({ events }: { events: AccountView['events'] }) {
  const { t } = useTranslation('recovery');
  const day = useDay();
  return (
    <section>
      <h2 className="font-bold text-soft px-1 mb-2">{t('happened')}</h2>
      {events.length === 0 ? (
        <p className="rounded-3xl bg-sunk px-5 py-6 text-center text-soft">{t('happenedNone')}</p>
      ) : (
        <ul className="rounded-[2rem] bg-card border border-line divide-y divide-line">
          {events.map(({ kind, atMs }, i) => (
            <li key={`${atMs}-${i}`} data-testid="account-event" data-kind={kind} className="px-5 py-3.5">
              <span className="block font-bold">{t(`event_${kind}`)}</span>
              <span className="block text-sm text-soft">{day(atMs)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
