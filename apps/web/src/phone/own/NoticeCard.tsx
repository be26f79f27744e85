// What was paid since somebody last looked here, whatever the rung.
import { useQueryClient } from '@tanstack/react-query';
import { BellRing, Undo2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useLanguage } from '../../i18n/setup.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Money } from '../../ui/Money.tsx';
import { failedEvent, usePhone } from '../phone-context.ts';
import { Problem } from '../../ui/Problem.tsx';
import { intlLocale } from '../../i18n/language.ts';
import { useNotices } from './use-notices.ts';
import { useTakeBack } from './use-take-back.ts';

export function NoticeCard() {
  const { t } = useTranslation('phone');
  const { model, send, tools } = usePhone();
  const { language } = useLanguage();
  const queries = useQueryClient();
  const fresh = (useNotices().data?.notices ?? []).filter(({ isNew }) => isNew);
  if (fresh.length === 0) return null;
  const seen = async (): Promise<void> => {
    try {
      await tools.own.noticesSeen(model.session ?? '', Math.max(...fresh.map(({ atMs }) => atMs)));
      await queries.invalidateQueries({ queryKey: ['notices'] });
    } catch (error) {
      send(failedEvent(error));
    }
  };
  return (
    <Card className="flex flex-col gap-3">
      <h2 className="flex items-center gap-3 text-lg font-extrabold">
        <BellRing aria-hidden="true" className="size-6 shrink-0 text-crust" /> {t('noticesTitle')}
      </h2>
      <ul className="flex flex-col gap-2">
        {fresh.map((notice) => (
          <li key={notice.paymentId} data-testid="notice" className="flex flex-wrap items-center gap-3">
            <span className="flex-1 min-w-0">
              <span className="block font-bold truncate">
                {notice.child ? `${notice.child.name} · ` : ''}
                {language === 'zh' ? notice.storeNameZh : notice.storeName}
              </span>
              <span className="block text-sm text-soft">{t(notice.confirmedOnPhone ? 'noticeConfirmed' : `noticeWay_${notice.way}`)}</span>
            </span>
            <Money amount={notice.amount} />
            {notice.undoUntilMs === null ? null : <FirstPayment paymentId={notice.paymentId} childId={notice.child?.id} undoUntilMs={notice.undoUntilMs} />}
          </li>
        ))}
      </ul>
      <Button wide size="small" testId="notices-seen" onClick={() => void seen()}>
        {t('noticesSeen')}
      </Button>
    </Card>
  );
}

// The first payment by face: said in so many words, and taken back with one tap.
function FirstPayment(props: { paymentId: string; childId: string | undefined; undoUntilMs: number }) {
  const { t } = useTranslation('phone');
  const { language } = useLanguage();
  const { busy, problem, undo } = useTakeBack(props.paymentId, props.childId);
  const at = new Intl.DateTimeFormat(intlLocale(language), { dateStyle: 'long', timeStyle: 'short' }).format(props.undoUntilMs);
  return (
    <div className="w-full flex flex-col gap-3 rounded-3xl bg-glow px-4 py-4" data-testid="first-payment">
      <p className="text-sm">{t('firstText', { at })}</p>
      {problem ? <Problem code={problem} /> : null}
      <Button look="plain" size="small" wide disabled={busy} testId="undo-first" onClick={undo}>
        <Undo2 aria-hidden="true" className="size-5" /> {t('undo')}
      </Button>
    </div>
  );
}
