// Step 2: the code from the message; a new one can be asked for, and the sandbox says where to read it.
import { ExternalLink, MessageCircleMore } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { CodeInput } from '../../ui/CodeInput.tsx';
import { failedEvent, usePhone, useWho } from '../phone-context.ts';
import { Spot } from '../Spot.tsx';
import { Step } from '../Step.tsx';

export function CodeStep(props: { round: number }) {
  const { t } = useTranslation('phone');
  const { model, send, tools } = usePhone();
  const who = useWho();
  const [busy, setBusy] = useState(false);
  const view = model.enrolment?.view;
  const waitS = useSecondsUntil(view?.resendAfterMs ?? 0, tools.now);
  const slow = useSlowMessage(view?.resendAfterMs ?? 0);
  useEffect(() => setBusy(false), [props.round]);
  const run = (work: Promise<Parameters<typeof send>[0]>): void => {
    setBusy(true);
    work.then(send, (error: unknown) => send(failedEvent(error))).finally(() => setBusy(false));
  };
  const enter = (code: string) => run(tools.client.enterCode(who, code).then((next) => ({ type: 'enrolment_read', view: next })));
  const resend = () => run(tools.client.resend(who).then((next) => ({ type: 'enrolment_read', view: next })));
  const triesLeft = model.problem?.triesLeft;
  return (
    <Step picture={<Spot><MessageCircleMore aria-hidden="true" className="size-9" /></Spot>} title={t('codeTitle')} text={t('codeText', { phone: view?.phoneMasked ?? '' })}>
      <CodeInput key={props.round} label={t('codeLabel')} disabled={busy} onComplete={enter} />
      {triesLeft !== undefined && triesLeft !== null ? <p role="status" className="font-bold">{t('codeTries', { n: triesLeft })}</p> : null}
      {slow ? <p role="status" data-testid="sms-slow">{waitS > 0 ? t('codeSlow', { n: waitS }) : t('codeSlowNow')}</p> : null}
      {model.keys?.mode === 'sandbox' ? (
        <a href="/sandbox/outbox/" target="_blank" rel="noopener" data-testid="outbox-link" className="min-h-12 inline-flex items-center gap-2 font-bold text-crust underline underline-offset-4">
          {t('outboxLink')} <ExternalLink aria-hidden="true" className="size-4 shrink-0" />
        </a>
      ) : null}
      <div className="mt-auto w-full flex flex-col gap-2 pb-4">
        <Button wide testId="resend" disabled={busy || waitS > 0} onClick={resend}>
          {waitS > 0 ? t('codeResendIn', { n: waitS }) : t('codeResend')}
        </Button>
        <Button look="quiet" wide testId="other-number" onClick={() => send({ type: 'start_over' })}>
          {t('codeOtherNumber')}
        </Button>
      </div>
    </Step>
  );
}

const slowAfterMs = 15_000;

// Asked once a message, after a while: a message that was handed over needs no words.
function useSlowMessage(resendAfterMs: number): boolean {
  const { tools } = usePhone();
  const who = useWho();
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    setSlow(false);
    const timer = setTimeout(() => tools.client.read(who).then((view) => setSlow(view.smsState === 'waiting' || view.smsState === 'failed'), () => undefined), slowAfterMs);
    return () => clearTimeout(timer);
    // `who` is a new object at every drawing.
  }, [resendAfterMs]);
  return slow;
}

function useSecondsUntil(atMs: number, now: () => number): number {
  const [nowMs, setNowMs] = useState(now);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(now()), 500);
    return () => clearInterval(timer);
  }, [now]);
  return Math.max(0, Math.ceil((atMs - nowMs) / 1000));
}
