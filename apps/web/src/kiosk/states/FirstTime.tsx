// Somebody new: invited to open an account on their own phone, never here. The till waits and then goes on with the same payment.
import { Smartphone } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { codeOf } from '../../api.ts';
import type { SentenceCode } from '../../i18n/texts/en/problems.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { Button } from '../../ui/Button.tsx';
import { Keypad } from '../../ui/Keypad.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { Qr } from '../../ui/Qr.tsx';
import { newPaymentOf } from '../basket.ts';
import { useInstalled, useKiosk } from '../kiosk-context.ts';
import { Screen } from '../Screen.tsx';

const pollEveryMs = 2_000;
const phoneDigitsMin = 6;
const phoneDigitsMax = 15;

export function FirstTime() {
  const { t } = useTranslation('kiosk');
  const { model } = useKiosk();
  const { invite } = model;
  const { problem, renew } = useInvite();
  const [smsProblem, setSmsProblem] = useState<SentenceCode | null>(null);
  const shown = problem ?? smsProblem;
  // In the text's place: a small wide screen has no room for both above the number pad.
  return (
    <Screen title={t('firstTimeTitle')} text={shown ? undefined : t('firstTimeText')}>
      {shown ? <Problem code={shown} /> : null}
      {invite ? (
        <div className="w-full flex flex-wrap items-start justify-center gap-6">
          <div className="w-60 flex flex-col gap-2">
            <Qr text={invite.url} label={t('firstTimeScan')} />
            <p className="font-bold text-base">{t('firstTimeScan')}</p>
            <p role="status" data-testid="invite-state" data-invite={invite.state} className="text-base text-soft text-left flex items-center justify-center gap-2">
              <Smartphone aria-hidden="true" className="size-5 shrink-0" /> {t(`invite_${invite.state}`)}
            </p>
            {invite.state === 'expired' ? (
              <Button look="primary" testId="new-link" onClick={renew}>
                {t('newLink')}
              </Button>
            ) : null}
          </div>
          <SendLink onProblem={setSmsProblem} />
        </div>
      ) : null}
    </Screen>
  );
}

/** Makes the payment if there is none yet, invites, and asks now and then how far the phone is. */
function useInvite(): { problem: SentenceCode | null; renew: () => void } {
  const { model, send, tools } = useKiosk();
  const { menu, token } = useInstalled();
  const { language } = useLanguage();
  const [problem, setProblem] = useState<SentenceCode | null>(null);
  const [round, setRound] = useState(0);
  const { invite, payment, basket, createKey } = model;
  useEffect(() => {
    let here = true;
    const tick = async (): Promise<void> => {
      if (invite && invite.state === 'expired' && round === 0) return;
      const paid = payment ?? (await tools.client.createPayment(token, newPaymentOf(menu, basket), createKey ?? tools.newKey()));
      const fresh = invite && invite.state !== 'expired' ? await tools.client.readInvite(token, paid.id, invite.id) : await tools.client.invite(token, paid.id, { locale: language });
      if (!here) return;
      setProblem(null);
      if (!payment) send({ type: 'payment_made', payment: paid });
      if (fresh.id !== invite?.id || fresh.state !== invite.state) send({ type: 'invite_changed', invite: fresh });
    };
    const run = () => void tick().catch((error: unknown) => here && setProblem(codeOf(error)));
    if (!invite || round > 0) run();
    const timer = setInterval(run, pollEveryMs);
    return () => {
      here = false;
      clearInterval(timer);
    };
  }, [invite, payment, basket, createKey, menu, token, tools, send, language, round]);
  return { problem, renew: () => setRound((before) => before + 1) };
}

function SendLink(props: { onProblem: (code: SentenceCode | null) => void }) {
  const { t } = useTranslation('kiosk');
  const { model, send, tools } = useKiosk();
  const { token } = useInstalled();
  const { language } = useLanguage();
  const [phone, setPhone] = useState('');
  const [sent, setSent] = useState(false);
  const { onProblem } = props;
  const paymentId = model.payment?.id ?? '';
  const add = useCallback((digit: string) => setPhone((before) => (before.length < phoneDigitsMax ? before + digit : before)), []);
  const erase = useCallback(() => setPhone((before) => before.slice(0, -1)), []);
  const submit = useCallback(() => {
    onProblem(null);
    tools.client.invite(token, paymentId, { phone, locale: language }).then(
      (invite) => {
        setSent(true);
        setPhone('');
        send({ type: 'invite_changed', invite });
      },
      (error: unknown) => onProblem(codeOf(error)),
    );
  }, [tools, token, paymentId, phone, language, send, onProblem]);
  return (
    <div className="w-64 flex flex-col gap-3">
      <p className="font-bold text-base">{t('firstTimeNumber')}</p>
      <output data-testid="invite-phone" aria-label={t('firstTimeNumberLabel')} className="min-h-14 rounded-2xl border-2 border-edge bg-card text-2xl font-extrabold tabular-nums flex items-center justify-center tracking-wider">
        {phone}
      </output>
      {sent ? <p role="status" data-testid="invite-sent" className="text-good font-bold">{t('firstTimeSent')}</p> : null}
      <Keypad onDigit={add} onErase={erase} onOk={submit} okReady={phone.length >= phoneDigitsMin} />
    </div>
  );
}
