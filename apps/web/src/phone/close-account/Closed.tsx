// The account is closed. Its receipt is shown as soon as the vault has forgotten, and fetched until then; no session is left to ask with.
import type { ClosedReceipt } from '@sonrisa/protocol/close-account-api.ts';
import { useQuery } from '@tanstack/react-query';
import { Check, FileCheck } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { saveFile } from '../my-face/save-file.ts';
import { usePhone } from '../phone-context.ts';
import { Spot } from '../Spot.tsx';
import { Step } from '../Step.tsx';

const askEveryMs = 3_000;

export function Closed(props: { receipt: ClosedReceipt }) {
  const { t } = useTranslation('closing');
  const { send, tools } = usePhone();
  const { id } = props.receipt;
  const latest = useQuery({
    queryKey: ['closed', id],
    queryFn: () => tools.client.closedReceipt(id),
    initialData: props.receipt,
    refetchInterval: ({ state }) => (state.data?.receipt == null ? askEveryMs : false),
  });
  const { receipt } = latest.data;
  return (
    <Step
      picture={<Spot><Check aria-hidden="true" className="size-9" /></Spot>}
      title={t('closedTitle')}
      text={<span role="status">{t(receipt === null ? 'closedWaits' : 'closedText')}</span>}
      actions={
        <>
          {receipt === null ? null : (
            <Button look="primary" size="large" wide testId="save-receipt" onClick={() => saveFile({ name: `${id}.txt`, content: receipt, type: 'text/plain' })}>
              <FileCheck aria-hidden="true" /> {t('myFace:receiptSave')}
            </Button>
          )}
          <Button look="quiet" wide testId="closed-done" onClick={() => send({ type: 'start_over' })}>
            {t('done')}
          </Button>
        </>
      }
    >
      <p className="text-sm text-soft break-all">{t('receiptNumber', { id })}</p>
      {receipt === null ? null : <p className="text-sm text-soft">{t('myFace:receiptText')}</p>}
    </Step>
  );
}
