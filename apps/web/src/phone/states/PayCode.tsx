// The payment code: QR, barcode and digits, new every half minute, made on this phone without a network.
import { codeStepOf, makeCodeFromKey, paymentCodeStepMs, spacedCode, type PaymentCodeKey } from '@sonrisa/protocol/payment-code.ts';
import { Check } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { codeOf } from '../../api.ts';
import { useLanguage } from '../../i18n/setup.ts';
import type { SentenceCode } from '../../i18n/texts/en/problems.ts';
import { Barcode } from '../../ui/Barcode.tsx';
import { Button } from '../../ui/Button.tsx';
import { Loading } from '../../ui/Fetched.tsx';
import { Money } from '../../ui/Money.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { Qr } from '../../ui/Qr.tsx';
import { BackToWallet } from '../Back.tsx';
import { useNotices } from '../own/use-notices.ts';
import { usePhone } from '../phone-context.ts';

/** Long before a key runs out there is a new one, so that losing the network costs minutes and not the code. */
const renewEveryMs = 60_000;
const tickMs = 500;

export function PayCode() {
  const { t } = useTranslation(['phone', 'ui']);
  const { held, problem, renew } = useCodeKey();
  const { code, secondsLeft } = useCode(held?.key ?? null, held?.offsetMs ?? 0);
  const paid = useJustPaid();
  return (
    <div className="flex-1 flex flex-col items-center gap-5 px-5 py-4 text-center">
      <BackToWallet />
      <h1 className="text-2xl font-extrabold">{t('payCodeTitle')}</h1>
      {paid ? (
        <div role="status" data-testid="code-paid" className="w-full rounded-3xl bg-good-glow text-good px-5 py-4 flex items-center gap-3 font-bold">
          <Check aria-hidden="true" className="size-7 shrink-0" strokeWidth={3} />
          <span className="flex-1 text-left break-words">{t('payCodePaid', { store: paid.store })}</span>
          <Money amount={paid.amount} />
        </div>
      ) : null}
      {code ? (
        <div data-testid="pay-code" data-code={code} className="w-full flex flex-col items-center gap-4">
          <div className="w-56">
            <Qr text={code} label={t('payCodeTitle')} />
          </div>
          <Barcode digits={code} label={t('payCodeTitle')} />
          <p className="text-xl font-extrabold tabular-nums">{spacedCode(code)}</p>
          <p className="text-soft tabular-nums">{t('payCodeLeft', { n: secondsLeft })}</p>
        </div>
      ) : problem ? null : (
        <Loading />
      )}
      {problem ? (
        <>
          {code ? <p className="rounded-2xl bg-warn-glow px-4 py-2 font-semibold">{t('payCodeOffline')}</p> : <Problem code={problem} />}
          <Button wide testId="try-again" onClick={renew}>
            {t('ui:tryAgain')}
          </Button>
        </>
      ) : null}
      <p className="text-soft">{t('payCodeText')}</p>
    </div>
  );
}

function useCodeKey() {
  const { model, tools } = usePhone();
  const session = model.session ?? '';
  const [held, setHeld] = useState<{ key: PaymentCodeKey; offsetMs: number } | null>(null);
  const [problem, setProblem] = useState<SentenceCode | null>(null);
  const renew = useCallback(() => {
    tools.own.paymentCode(session).then(
      (key) => {
        setHeld({ key, offsetMs: key.serverNowMs - tools.now() });
        setProblem(null);
      },
      (error: unknown) => setProblem(codeOf(error)),
    );
  }, [session, tools]);
  useEffect(() => {
    renew();
    const timer = setInterval(renew, renewEveryMs);
    return () => clearInterval(timer);
  }, [renew]);
  return { held, problem, renew };
}

/** Null while there is no key, and once it has run out. */
function useCode(key: PaymentCodeKey | null, offsetMs: number): { code: string | null; secondsLeft: number } {
  const { tools } = usePhone();
  const [nowMs, setNowMs] = useState(() => tools.now());
  const [code, setCode] = useState<string | null>(null);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(tools.now()), tickMs);
    return () => clearInterval(timer);
  }, [tools]);
  const serverMs = nowMs + offsetMs;
  const step = codeStepOf(serverMs);
  const isOver = key === null || serverMs >= key.expiresAtMs;
  useEffect(() => {
    let here = true;
    if (!key || isOver) setCode(null);
    else void makeCodeFromKey(key, step).then((made) => here && setCode(made));
    return () => {
      here = false;
    };
  }, [key, step, isOver]);
  return { code, secondsLeft: Math.ceil(((step + 1) * paymentCodeStepMs - serverMs) / 1000) };
}

/** The newest payment that was made since this screen opened. */
function useJustPaid() {
  const { language } = useLanguage();
  const { data } = useNotices();
  const [known, setKnown] = useState<ReadonlySet<string> | null>(null);
  useEffect(() => {
    if (data && known === null) setKnown(new Set(data.notices.map(({ paymentId }) => paymentId)));
  }, [data, known]);
  const fresh = known && data?.notices.find(({ paymentId }) => !known.has(paymentId));
  return fresh ? { amount: fresh.amount, store: language === 'zh' ? fresh.storeNameZh : fresh.storeName } : null;
}
