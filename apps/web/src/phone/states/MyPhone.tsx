// Settings of this phone: its passkeys, and from which amount on tills ask it.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Gauge, KeyRound, Trash2, UserRound } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { codeOf } from '../../api.ts';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import type { SentenceCode } from '../../i18n/texts/en/problems.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Fetched } from '../../ui/Fetched.tsx';
import { moneyText } from '../../ui/money-text.ts';
import { Problem } from '../../ui/Problem.tsx';
import { BackToWallet } from '../Back.tsx';
import { useDay } from '../../i18n/use-day.ts';
import { AddPasskey } from '../own/AddPasskey.tsx';
import { RemovePasskey } from '../own/RemovePasskey.tsx';
import { PushCard } from '../own/PushCard.tsx';
import { SmsNotices } from '../own/SmsNotices.tsx';
import { useNotices } from '../own/use-notices.ts';
import { usePhone } from '../phone-context.ts';
import { useMe } from '../use-me.ts';

/** "0": every payment; null: never because of the amount. */
const choices: readonly (string | null)[] = ['0', '5000', '20000', null];

export function MyPhone() {
  const { t } = useTranslation('phone');
  const { send } = usePhone();
  const [problem, setProblem] = useState<SentenceCode | null>(null);
  const me = useMe();
  return (
    <div className="flex-1 flex flex-col gap-4 px-5 py-4">
      <BackToWallet />
      <h1 className="text-2xl font-extrabold">{t('myPhoneTitle')}</h1>
      {problem ? <Problem code={problem} /> : null}
      <Fetched query={me}>
        {({ balance, payerId }) => (
          <>
            <Button wide testId="limits" onClick={() => send({ type: 'limits_wanted' })}>
              <Gauge aria-hidden="true" /> {t('limits')}
            </Button>
            <Button wide testId="account" onClick={() => send({ type: 'account_wanted' })}>
              <UserRound aria-hidden="true" /> {t('recovery:account')}
            </Button>
            <AskFrom currency={balance.currency} onProblem={setProblem} />
            <PushCard />
            <SmsNotices currency={balance.currency} onProblem={setProblem} />
            <PasskeyCard payerId={payerId} />
          </>
        )}
      </Fetched>
    </div>
  );
}

function AskFrom(props: { currency: string; onProblem: (code: SentenceCode | null) => void }) {
  const { t } = useTranslation('phone');
  const { model, tools } = usePhone();
  const { language } = useLanguage();
  const queries = useQueryClient();
  const { data } = useNotices();
  if (!data) return null;
  const choose = async (amountMinor: string | null): Promise<void> => {
    props.onProblem(null);
    try {
      await tools.own.askPhoneFrom(model.session ?? '', amountMinor);
    } catch (error) {
      props.onProblem(codeOf(error));
    }
    await queries.invalidateQueries({ queryKey: ['notices'] });
  };
  const nameOf = (amountMinor: string | null): string =>
    amountMinor === null ? t('askNever') : amountMinor === '0' ? t('askAlways') : t('askFrom', { amount: moneyText({ amountMinor, currency: props.currency }, intlLocale(language)) });
  return (
    <Card className="flex flex-col gap-2">
      <h2 className="text-lg font-extrabold">{t('askTitle')}</h2>
      <p className="text-soft text-sm">{t('askText')}</p>
      <div role="radiogroup" aria-label={t('askTitle')} className="flex flex-col">
        {choices.map((amountMinor) => (
          <label key={String(amountMinor)} className="min-h-12 flex items-center gap-3 font-semibold">
            <input
              type="radio"
              name="ask-from"
              data-testid={`ask-from-${amountMinor ?? 'never'}`}
              className="size-5 accent-crust"
              checked={data.askPhoneFromMinor === amountMinor}
              onChange={() => void choose(amountMinor)}
            />
            {nameOf(amountMinor)}
          </label>
        ))}
      </div>
    </Card>
  );
}

function PasskeyCard(props: { payerId: string }) {
  const { t } = useTranslation('phone');
  const { model, tools } = usePhone();
  const queries = useQueryClient();
  const [asking, setAsking] = useState<{ id: string; name: string } | null>(null);
  const session = model.session ?? '';
  const { data } = useQuery({ queryKey: ['passkeys', session], queryFn: () => tools.own.passkeys(session) });
  // With the time: passkeys of one phone have one name.
  const day = useDay();
  return (
    <Card className="flex flex-col gap-3">
      <h2 className="text-lg font-extrabold">{t('passkeysTitle')}</h2>
      <p className="text-soft text-sm">{t('passkeysText')}</p>
      {data && data.passkeys.length > 0 ? (
        <ul className="divide-y divide-line">
          {data.passkeys.map((passkey) => (
            <li key={passkey.id} data-testid="passkey" className="flex items-center gap-3 py-2">
              <KeyRound aria-hidden="true" className="size-6 shrink-0 text-crust" />
              <span className="flex-1 min-w-0">
                <span className="block font-bold truncate">{passkey.name}</span>
                <span className="block text-sm text-soft">{day(passkey.createdAtMs)}</span>
              </span>
              <button type="button" data-testid="remove-passkey" aria-label={t('passkeyRemove', { name: passkey.name })} className="size-12 flex items-center justify-center text-soft" onClick={() => setAsking(passkey)}>
                <Trash2 aria-hidden="true" />
              </button>
            </li>
          ))}
        </ul>
      ) : null}
      <AddPasskey payerId={props.payerId} />
      {asking ? (
        <RemovePasskey
          payerId={props.payerId}
          passkeyId={asking.id}
          others={(data?.passkeys ?? []).map(({ id }) => id).filter((id) => id !== asking.id)}
          onDone={() => (setAsking(null), void queries.invalidateQueries({ queryKey: ['passkeys'] }))}
          onClose={() => setAsking(null)}
        />
      ) : null}
    </Card>
  );
}
