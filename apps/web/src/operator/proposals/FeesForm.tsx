// Other fees to propose for a merchant. It starts from those that hold.
import { proposeFeesSchema, type Fees } from '@sonrisa/protocol/money-api.ts';
import type { Merchant } from '@sonrisa/protocol/set-up-api.ts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { minorOf } from '../../ui/minor-of.ts';
import { decimalText } from '../../ui/money-text.ts';
import { Problem } from '../../ui/Problem.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { NoteField } from '../NoteField.tsx';
import { basisPointsOf } from '../shops/percent.ts';
import { useAction } from '../use-action.ts';
import { sharesText } from './fees-text.ts';

const reasonMax = 200;

export function FeesForm({ merchant }: { merchant: Merchant }) {
  const { t } = useTranslation('proposals');
  const { busy, problem, run } = useAction(['proposals']);
  const { currency, fees } = merchant;
  const [typed, setTyped] = useState(() => typedOf(fees, currency));
  const [sent, setSent] = useState(false);
  const set = (field: keyof typeof typed) => (value: string) => {
    setSent(false);
    setTyped((before) => ({ ...before, [field]: value }));
  };
  const read = proposeFeesSchema.safeParse({ ...feesOf(typed, currency), ...(fees.shares === undefined ? {} : { shares: fees.shares }), reason: typed.reason.trim() });
  return (
    <form
      className="grid gap-5 lg:grid-cols-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (read.success) run((client, token, key) => client.proposeFees(token, merchant.id, read.data, key), () => {
          setTyped(typedOf(fees, currency));
          setSent(true);
        });
      }}
    >
      <TextField label={t('feePercent')} note={t('feePercentNote')} testId="fees-percent" inputMode="decimal" value={typed.percent} onChange={set('percent')} maxLength={6} />
      <TextField label={t('feeFixed', { currency })} note={t('feeFixedNote')} testId="fees-fixed" inputMode="decimal" value={typed.fixed} onChange={set('fixed')} maxLength={15} />
      <TextField label={t('feeLeast', { currency })} note={t('mayStayEmpty')} testId="fees-least" inputMode="decimal" value={typed.least} onChange={set('least')} maxLength={15} />
      <TextField label={t('feeMost', { currency })} note={t('mayStayEmpty')} testId="fees-most" inputMode="decimal" value={typed.most} onChange={set('most')} maxLength={15} />
      {fees.shares === undefined || fees.shares.length === 0 ? null : <p className="text-sm text-soft lg:col-span-2">{t('feeShares', { shares: sharesText(fees.shares) })}</p>}
      <div className="flex flex-col gap-3 lg:col-span-2">
        <NoteField label={t('feeReason')} value={typed.reason} rows={2} max={reasonMax} testId="fees-reason" onChange={set('reason')} />
        {problem ? <Problem code={problem} /> : null}
        <Button type="submit" className="self-start" testId="propose-fees" disabled={busy || !read.success}>
          {t('proposeFees')}
        </Button>
        {sent ? <p role="status" data-testid="fees-proposed" className="font-semibold">{t('sent')}</p> : null}
      </div>
    </form>
  );
}

type Typed = { percent: string; fixed: string; least: string; most: string; reason: string };

function typedOf({ basisPoints, fixedMinor, minMinor, maxMinor }: Fees, currency: string): Typed {
  const amount = (amountMinor: string | undefined) => (amountMinor === undefined ? '' : decimalText({ amountMinor, currency }));
  return { percent: String(basisPoints / 100), fixed: amount(fixedMinor), least: amount(minMinor), most: amount(maxMinor), reason: '' };
}

/** What is typed wrong is null, which no schema takes. */
function feesOf({ percent, fixed, least, most }: Typed, currency: string): Record<string, number | string | null> {
  const amount = (name: string, text: string) => (text.trim() === '' ? {} : { [name]: minorOf(text, currency) });
  return { basisPoints: basisPointsOf(percent), ...amount('fixedMinor', fixed), ...amount('minMinor', least), ...amount('maxMinor', most) };
}
