// Whether larger payments are told by text message where no push arrives. The first payment of an account always is, and says so here.
import { useQueryClient } from '@tanstack/react-query';
import { MessageCircleMore } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { codeOf } from '../../api.ts';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import type { SentenceCode } from '../../i18n/texts/en/problems.ts';
import { Card } from '../../ui/Card.tsx';
import { moneyText } from '../../ui/money-text.ts';
import { usePhone } from '../phone-context.ts';
import { useNotices } from './use-notices.ts';

export function SmsNotices(props: { currency: string; onProblem: (code: SentenceCode | null) => void }) {
  const { t } = useTranslation('phone');
  const { model, tools } = usePhone();
  const { language } = useLanguage();
  const queries = useQueryClient();
  const { data } = useNotices();
  const [mustSignIn, setMustSignIn] = useState(false);
  if (!data) return null;
  const { on, fromMinor } = data.smsNotices;
  const choose = async (wanted: boolean): Promise<void> => {
    props.onProblem(null);
    setMustSignIn(false);
    try {
      await tools.own.smsNotices(model.session ?? '', wanted);
    } catch (error) {
      const code = codeOf(error);
      // Off is only for whoever has just proved the number: a phone that was found would spend in silence.
      if (code === 'forbidden') setMustSignIn(true);
      else props.onProblem(code);
    }
    await queries.invalidateQueries({ queryKey: ['notices'] });
  };
  return (
    <Card className="flex flex-col gap-2" testId="sms-notices-card">
      <h2 className="flex items-center gap-3 text-lg font-extrabold">
        <MessageCircleMore aria-hidden="true" className="size-6 shrink-0 text-crust" /> {t('smsTitle')}
      </h2>
      {fromMinor === null ? null : (
        <label className="min-h-12 flex items-center gap-3 font-semibold">
          <input type="checkbox" data-testid="sms-notices" className="size-5 shrink-0 accent-crust" checked={on} onChange={() => void choose(!on)} />
          {t('smsFrom', { amount: moneyText({ amountMinor: fromMinor, currency: props.currency }, intlLocale(language)) })}
        </label>
      )}
      {mustSignIn ? (
        <p role="alert" className="rounded-2xl bg-warn-glow px-4 py-3">
          {t('smsSignIn')}
        </p>
      ) : null}
      <p className="text-soft text-sm">{t('smsFirst')}</p>
    </Card>
  );
}
