// The question itself, and its answers.
import type { Approve, PhoneRequest, PhoneRequests } from '@sonrisa/protocol/phone-request-api.ts';
import { sealPin } from '@sonrisa/protocol/seal.ts';
import { Fingerprint, KeyRound, MapPin } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import type { SentenceCode } from '../../i18n/texts/en/problems.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Money } from '../../ui/Money.tsx';
import { PinPad } from '../../ui/PinPad.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { usePhone } from '../phone-context.ts';
import type { OutcomeName } from './Outcome.tsx';
import { passkeysWork, proofError, signApproval } from './passkeys.ts';

type AskedProps = { request: PhoneRequest; answers: PhoneRequests; busy: boolean; onBusy: (busy: boolean) => void; onDone: (name: OutcomeName) => void };

export function Asked(props: AskedProps) {
  const { t } = useTranslation('phone');
  const { busy } = props;
  const { problem, round, byPasskey, byPin, deny } = useAnswers(props);
  const hasPasskey = props.answers.passkeyIds.length > 0 && passkeysWork();
  const [typing, setTyping] = useState(false);
  return (
    <>
      <Question request={props.request} answers={props.answers} />
      {problem ? <Problem code={problem} /> : null}
      {typing || !hasPasskey ? (
        <div className="flex flex-col gap-3 text-center">
          <h2 className="font-bold text-lg">{t('requestPin')}</h2>
          <PinPad key={round} label={t('requestPin')} testId="request-pin" busy={busy} onDone={byPin} />
        </div>
      ) : (
        <div className="flex flex-col gap-3">
          <Button look="primary" size="large" wide testId="approve-passkey" disabled={busy} onClick={byPasskey}>
            <Fingerprint aria-hidden="true" /> {t('requestPasskey')}
          </Button>
          <Button wide testId="approve-pin" disabled={busy} onClick={() => setTyping(true)}>
            <KeyRound aria-hidden="true" /> {t('requestUsePin')}
          </Button>
        </div>
      )}
      <div className="mt-auto flex gap-3">
        <Button look="plain" wide testId="request-deny" disabled={busy} onClick={() => deny('denied')}>
          {t('requestDeny')}
        </Button>
        <Button look="plain" wide className="px-3!" testId="request-not-me" disabled={busy} onClick={() => deny('not_me')}>
          {t('requestNotMe')}
        </Button>
      </div>
    </>
  );
}

function useAnswers({ request, answers, onBusy, onDone }: AskedProps) {
  const { model, tools } = usePhone();
  const session = model.session ?? '';
  const [problem, setProblem] = useState<SentenceCode | null>(null);
  const [round, setRound] = useState(0);
  const failed = (error: unknown): void => {
    onBusy(false);
    setRound((before) => before + 1);
    const { code } = proofError(error);
    if (code === 'phone_request_over' || code === 'phone_request_not_found') onDone('over');
    else setProblem(code);
  };
  const run = (doing: () => Promise<OutcomeName>): void => {
    onBusy(true);
    setProblem(null);
    doing().then(onDone, failed);
  };
  const approve = async (proof: Approve): Promise<OutcomeName> => {
    await tools.own.approve(session, request.id, proof, tools.newKey());
    return 'paid';
  };
  return {
    problem,
    round,
    byPasskey: () => run(async () => approve({ passkey: await signApproval(request, answers) })),
    byPin: (pin: string) =>
      run(async () => {
        if (!model.keys) throw new Error('there is no key to seal for');
        return approve({ pin: await sealPin({ pin, subjectId: request.paymentId, sealedAtMs: tools.now(), serverKey: model.keys.serverKey.jwk }) });
      }),
    deny: (why: 'denied' | 'not_me') =>
      run(async () => {
        await tools.own.deny(session, request.id, why);
        return why;
      }),
  };
}

function Question({ request, answers }: { request: PhoneRequest; answers: PhoneRequests }) {
  const { t } = useTranslation('phone');
  const { language } = useLanguage();
  const secondsLeft = useSecondsLeft(request.expiresAtMs, answers.serverNowMs);
  const at = new Intl.DateTimeFormat(intlLocale(language), { timeStyle: 'short' }).format(request.askedAtMs);
  const [shop, place] = language === 'zh' ? [request.merchant.nameZh, request.store.nameZh] : [request.merchant.name, request.store.name];
  return (
    <div className="flex flex-col items-center gap-3 text-center">
      <h1 id="phone-request-title" className="text-2xl font-extrabold">{request.child ? t('children:requestTitle', { name: request.child.name }) : t('requestTitle')}</h1>
      <Money amount={request.amount} size="huge" testId="request-amount" />
      <Card className="w-full flex items-center gap-4 text-left py-4">
        <MapPin aria-hidden="true" className="size-8 shrink-0 text-crust" />
        <span className="min-w-0">
          <span className="block text-xl font-bold break-words" data-testid="request-store">
            {shop} · {place}
          </span>
          <span className="block text-soft">{t(`requestWay_${request.way}`, { at })}</span>
        </span>
      </Card>
      <p className="text-soft">{t(`requestWhy_${request.reason}`)}</p>
      <p className="text-sm font-bold text-soft tabular-nums" role="timer">
        {t('requestLeft', { n: secondsLeft })}
      </p>
    </div>
  );
}

// By the server's clock: this phone's own may be wrong.
function useSecondsLeft(expiresAtMs: number, serverNowMs: number): number {
  const { tools } = usePhone();
  const [offsetMs] = useState(() => serverNowMs - tools.now());
  const [nowMs, setNowMs] = useState(() => tools.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(tools.now()), 1_000);
    return () => clearInterval(timer);
  }, [tools]);
  return Math.max(0, Math.ceil((expiresAtMs - nowMs - offsetMs) / 1000));
}
