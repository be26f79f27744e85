// One payment of this account: take a first one back with a tap, or say that it was somebody else.
import type { Me } from '@sonrisa/protocol/phone-api.ts';
import { Undo2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Money } from '../../ui/Money.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { useTakeBack } from './use-take-back.ts';

type Payment = Me['payments'][number];

export function PaymentSheet(props: { payment: Payment; childId?: string | undefined; onClose: () => void }) {
  const { t } = useTranslation('phone');
  const { language } = useLanguage();
  const { payment } = props;
  const { busy, problem, done, undo, notMe } = useTakeBack(payment.id, props.childId);
  const [asking, setAsking] = useState(false);
  const time = new Intl.DateTimeFormat(intlLocale(language), { dateStyle: 'long', timeStyle: 'short' });
  const isKept = payment.state === 'captured' || payment.state === 'partially_refunded';
  const mayReport = done === null && payment.way === 'face' && isKept && payment.caseState === null;
  return (
    <Dialog title={language === 'zh' ? payment.storeNameZh : payment.storeName} testId="payment-sheet" onClose={props.onClose}>
      <Money amount={payment.amount} size="large" />
      <p className="text-soft">
        {t(payment.way === 'face' ? 'noticeWay_face' : 'noticeWay_code')} · {time.format(payment.atMs)}
      </p>
      {problem ? <Problem code={problem} /> : null}
      {done ? (
        <p role="status" data-testid="taken-back" data-how={done} className="rounded-3xl bg-good-glow px-5 py-4 font-semibold">
          {t(`takenBack_${done}`)}
        </p>
      ) : null}
      {payment.caseState === null || done ? null : <p className="rounded-3xl bg-sunk px-5 py-4">{t(`case_${payment.caseState}`)}</p>}
      {done === null && payment.undoUntilMs !== null && !asking ? (
        <>
          <p>{t('undoText', { at: time.format(payment.undoUntilMs) })}</p>
          <Button look="primary" wide disabled={busy} testId="undo" onClick={undo}>
            <Undo2 aria-hidden="true" /> {t('undo')}
          </Button>
        </>
      ) : null}
      {mayReport && asking ? (
        <>
          <p>{t(props.childId === undefined ? 'notMeText' : 'children:notMeText')}</p>
          <Button look="primary" wide disabled={busy} testId="not-me-yes" onClick={notMe}>
            {t(props.childId === undefined ? 'notMeYes' : 'children:notMeYes')}
          </Button>
          <Button look="plain" wide disabled={busy} testId="not-me-no" onClick={() => setAsking(false)}>
            {t('notMeNo')}
          </Button>
        </>
      ) : mayReport ? (
        <Button look="plain" wide disabled={busy} testId="not-me-paid" onClick={() => setAsking(true)}>
          {t(props.childId === undefined ? 'notMe' : 'children:notMe')}
        </Button>
      ) : null}
    </Dialog>
  );
}
