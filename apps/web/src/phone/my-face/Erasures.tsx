// Receipts of erased faces: to keep, and to have verified by anybody.
import type { MyFace } from '@sonrisa/protocol/my-face-api.ts';
import { FileCheck } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { saveFile } from './save-file.ts';
import { useDay } from '../../i18n/use-day.ts';

export function Erasures(props: { erasures: MyFace['erasures'] }) {
  const { t } = useTranslation('myFace');
  const day = useDay();
  if (props.erasures.length === 0) return null;
  return (
    <section>
      <h2 className="font-bold text-soft px-1 mb-2">{t('erasuresTitle')}</h2>
      <ul className="flex flex-col gap-2">
        {props.erasures.map(({ id, askedAtMs, reason, receipt }) => (
          <li key={id} data-testid="erasure" className="rounded-3xl bg-card border border-line px-5 py-4 flex flex-col gap-2">
            <p className="font-bold">{t(`erased_${reason}`, { date: day(askedAtMs) })}</p>
            {receipt === null ? (
              <p role="status" data-testid="receipt-waits" className="text-sm text-soft">
                {t('receiptWaits')}
              </p>
            ) : (
              <>
                <Button look="plain" size="small" wide testId="save-receipt" onClick={() => saveFile({ name: `${id}.txt`, content: receipt, type: 'text/plain' })}>
                  <FileCheck aria-hidden="true" className="size-5" /> {t('receiptSave')}
                </Button>
                <p className="text-sm text-soft">{t('receiptText')}</p>
              </>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
