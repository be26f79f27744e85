// One case on one screen: what was recorded of the payment on the left, the way to close it on the right.
import type { FaceCase } from '@sonrisa/protocol/cases-api.ts';
import { ArrowLeft } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { Fetched } from '../../ui/Fetched.tsx';
import { Money } from '../../ui/Money.tsx';
import { useOperator, useRead } from '../operator-context.ts';
import { hashOf, usualSort } from '../route.ts';
import { ageText } from './age-text.ts';
import { CloseSteps } from './CloseSteps.tsx';
import { Match } from './Match.tsx';
import { Rules } from './Rules.tsx';
import { Traces } from './Traces.tsx';

export function CasePage({ id }: { id: string }) {
  const { t } = useTranslation('cases');
  const found = useRead(['case', id], (client, token) => client.case(token, id));
  const state = found.data?.state ?? 'open';
  return (
    <>
      <a href={hashOf({ page: 'cases', state, sort: usualSort(state) })} data-testid="back-cases" className="self-start -my-2 min-h-12 inline-flex items-center gap-2 font-bold text-soft hover:text-ink">
        <ArrowLeft aria-hidden="true" className="size-5" /> {t('back')}
      </a>
      <Fetched query={found}>{(read) => <Shown case={read} />}</Fetched>
    </>
  );
}

function Shown({ case: shown }: { case: FaceCase }) {
  const { t } = useTranslation('cases');
  return (
    <div className="grid gap-6 items-start lg:grid-cols-[minmax(0,1fr)_26rem]" data-testid="case" data-state={shown.state}>
      <div className="flex flex-col gap-6 min-w-0">
        <Head case={shown} />
        <section aria-labelledby="evidence" className="flex flex-col gap-4">
          <div>
            <h2 id="evidence" className="text-xl font-extrabold">
              {t('evidence')}
            </h2>
            <p className="text-soft text-sm">{t('evidenceText')}</p>
          </div>
          <Match case={shown} />
          <Rules paymentId={shown.paymentId} />
          <Traces case={shown} />
        </section>
      </div>
      <CloseSteps case={shown} />
    </div>
  );
}

function Head({ case: shown }: { case: FaceCase }) {
  const { t } = useTranslation('cases');
  const { tools } = useOperator();
  const { language } = useLanguage();
  const locale = intlLocale(language);
  const { store } = shown.evidence;
  const at = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short' });
  return (
    <div>
      <h1 className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
        <Money amount={shown.amount} size="large" />
        <span className="text-xl font-bold">{language === 'zh' ? store.nameZh : store.name}</span>
      </h1>
      <p className="mt-2 text-soft">
        {shown.paidAtMs === null ? null : `${t('paidAt', { at: at.format(shown.paidAtMs) })} · `}
        {t('openedAt', { age: ageText({ atMs: shown.openedAtMs, nowMs: tools.now(), locale }) ?? t('justNow') })}
      </p>
      <p className="text-xs text-soft mt-1 [overflow-wrap:anywhere]">
        {t('caseId')} <code>{shown.id}</code> · {t('paymentId')} <code>{shown.paymentId}</code>
      </p>
    </div>
  );
}
