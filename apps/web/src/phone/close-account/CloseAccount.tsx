// Closing the account: what goes, what the law keeps, what has to be done first, and the yes that needs the PIN or a passkey.
import type { Closing, ClosingBlock } from '@sonrisa/protocol/close-account-api.ts';
import { CircleAlert, Landmark, Trash2 } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Fetched } from '../../ui/Fetched.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { BackToWallet } from '../Back.tsx';
import { ProveOwner } from '../own/ProveOwner.tsx';
import { usePhone } from '../phone-context.ts';
import { newReceiptId } from './receipt-id.ts';
import { useClose, useClosing } from './use-closing.ts';
import { Withdraw } from './Withdraw.tsx';

export function CloseAccount() {
  const { t } = useTranslation('closing');
  const closing = useClosing();
  return (
    <div className="flex-1 flex flex-col gap-4 px-5 py-4">
      <BackToWallet />
      <h1 className="text-2xl font-extrabold">{t('title')}</h1>
      <p className="text-soft">{t('text')}</p>
      <Fetched query={closing}>
        {(read) => (
          <>
            <Words title={t('goesTitle')} icon={<Trash2 aria-hidden="true" className="size-6 shrink-0 text-warn" />} lines={[t('goesFace'), t('goesKeys'), t('goesContact'), t('goesRules')]} />
            <Words title={t('staysTitle')} icon={<Landmark aria-hidden="true" className="size-6 shrink-0 text-soft" />} lines={[t('staysBooks'), t('staysBank'), t('staysConsent'), t('staysMoney')]} />
            {read.blocks.length > 0 ? <Blocks closing={read} /> : <Close closing={read} />}
          </>
        )}
      </Fetched>
    </div>
  );
}

function Words(props: { title: string; icon: ReactNode; lines: readonly string[] }) {
  return (
    <Card className="flex flex-col gap-2">
      <h2 className="text-lg font-extrabold flex items-center gap-3">
        {props.icon} {props.title}
      </h2>
      <ul className="list-disc pl-6 flex flex-col gap-1">
        {props.lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </Card>
  );
}

function Blocks({ closing }: { closing: Closing }) {
  const { t } = useTranslation('closing');
  return (
    <section className="flex flex-col gap-3">
      <h2 className="font-bold text-soft px-1">{t('blocksTitle')}</h2>
      {closing.blocks.map((block) => (
        <div key={block} data-testid="closing-block" data-code={block} className="rounded-3xl bg-warn-glow px-5 py-4 flex flex-col gap-3">
          <p className="flex gap-3 font-semibold">
            <CircleAlert aria-hidden="true" className="size-6 shrink-0 text-warn mt-0.5" /> {t(`problems:${block}`)}
          </p>
          <WayOn block={block} closing={closing} />
        </div>
      ))}
    </section>
  );
}

function WayOn({ block, closing }: { block: ClosingBlock; closing: Closing }) {
  const { t } = useTranslation('closing');
  const { send } = usePhone();
  if (block === 'closing_money_left') return <Withdraw key={closing.wallet.amountMinor} closing={closing} />;
  if (block !== 'closing_first_payment') return null;
  return (
    <Button size="small" wide testId="closing-to-payments" onClick={() => send({ type: 'go_home' })}>
      {t('toPayments')}
    </Button>
  );
}

function Close({ closing }: { closing: Closing }) {
  const { t } = useTranslation('closing');
  const [asking, setAsking] = useState(false);
  const [receiptId] = useState(newReceiptId);
  const { busy, problem, round, prove } = useClose(receiptId);
  return (
    <>
      <Button look="danger" wide testId="close-account" onClick={() => setAsking(true)}>
        {t('close')}
      </Button>
      {asking ? (
        <Dialog title={t('sureTitle')} testId="close-account-sure" onClose={() => setAsking(false)}>
          <p>{t('sureText')}</p>
          {problem ? <Problem code={problem} /> : null}
          <Button wide testId="close-account-no" disabled={busy} onClick={() => setAsking(false)}>
            {t('keep')}
          </Button>
          {busy ? <p role="status" className="text-center text-soft">{t('closing')}</p> : null}
          <ProveOwner act={{ act: 'close_account', payerId: closing.payerId, subject: receiptId }} passkeyIds={closing.passkeyIds} busy={busy} round={round} onProof={(make) => void prove(make)} />
        </Dialog>
      ) : null}
    </>
  );
}
