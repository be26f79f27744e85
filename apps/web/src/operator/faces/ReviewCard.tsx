// One pair: how alike, since when, what is known of either account, and what was or is to be found.
import type { FaceReview } from '@sonrisa/protocol/face-reviews-api.ts';
import { useTranslation } from 'react-i18next';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { ageText } from '../cases/age-text.ts';
import { Fact, FactList } from '../cases/Facts.tsx';
import { useOperator } from '../operator-context.ts';
import { Decide } from './Decide.tsx';

const digits = 3;

export function ReviewCard({ review }: { review: FaceReview }) {
  const { t } = useTranslation('faces');
  const { tools } = useOperator();
  const { language } = useLanguage();
  const { score, scoreMin } = review;
  const age = ageText({ atMs: review.foundAtMs, nowMs: tools.now(), locale: intlLocale(language) }) ?? t('justNow');
  return (
    <li data-testid="review" data-state={review.state} className="rounded-[2rem] bg-card border border-line p-6 grid gap-6 items-start lg:grid-cols-[minmax(0,1fr)_24rem]">
      <div className="flex flex-col gap-5 min-w-0">
        <div>
          <h2 className="text-xl font-extrabold">{t('found', { age })}</h2>
          <p className="text-soft tabular-nums">{score === null || scoreMin === null ? t('scoreUnknown') : t('score', { score: score.toFixed(digits), scoreMin: scoreMin.toFixed(digits) })}</p>
        </div>
        <FactList>
          <Fact name={t('names')}>{t(`compared_${review.names}`)}</Fact>
          <Fact name={t('birthDates')}>{t(`compared_${review.birthDates}`)}</Fact>
        </FactList>
        {review.sameGuardian ? <p className="rounded-2xl bg-glow px-4 py-3 font-semibold">{t('sameGuardian')}</p> : null}
        <div className="grid gap-4 sm:grid-cols-2">
          <Party title={t('newer')} party={review.newer} />
          <Party title={t('older')} party={review.older} />
        </div>
      </div>
      {review.state === 'open' ? <Decide review={review} /> : <Decided review={review} />}
    </li>
  );
}

function Party({ title, party }: { title: string; party: FaceReview['newer'] }) {
  const { t } = useTranslation('faces');
  const { language } = useLanguage();
  const date = new Intl.DateTimeFormat(intlLocale(language), { dateStyle: 'medium', timeStyle: 'short' });
  const at = (ms: number | null) => (ms === null ? t('never') : date.format(ms));
  return (
    <section className="rounded-3xl bg-sunk px-5 py-4 flex flex-col gap-3">
      <h3 className="font-extrabold">{title}</h3>
      <dl className="flex flex-col gap-2 text-sm">
        <Fact name={t(party.guardianId === null ? 'number' : 'numberGuardian')}>{party.phoneMasked ?? t('numberNone')}</Fact>
        <Fact name={t('enrolledBy')}>{t(`enrolledBy_${party.enrolledBy}`)}</Fact>
        <Fact name={t('opened')}>{at(party.openedAtMs)}</Fact>
        <Fact name={t('enrolled')}>{at(party.enrolledAtMs)}</Fact>
        <Fact name={t('lastLook')}>{at(party.lastLookAtMs)}</Fact>
        <Fact name={t('payments')}>{party.payments.toLocaleString(intlLocale(language))}</Fact>
        <Fact name={t('face')}>{t(`face_${party.faceState}`)}</Fact>
      </dl>
      <code className="text-xs text-soft [overflow-wrap:anywhere]">{party.payerId}</code>
    </section>
  );
}

function Decided({ review }: { review: FaceReview }) {
  const { t } = useTranslation('faces');
  const { language } = useLanguage();
  const { finding, party } = review;
  const at = review.closedAtMs === null ? '' : new Intl.DateTimeFormat(intlLocale(language), { dateStyle: 'long', timeStyle: 'short' }).format(review.closedAtMs);
  return (
    <div className="flex flex-col gap-2" data-testid="decided" data-finding={finding} data-party={party}>
      <p className="text-lg font-bold">{finding === null ? null : finding === 'different' ? t('finding_different') : party === null ? null : t(`finding_${finding}_${party}`)}</p>
      <p className="rounded-2xl bg-sunk px-4 py-3 whitespace-pre-wrap [overflow-wrap:anywhere]">{review.note}</p>
      <p className="text-sm text-soft [overflow-wrap:anywhere]">{t('closedBy', { at, by: review.closedBy === 'token' ? t('byToken') : (review.closedBy ?? '') })}</p>
    </div>
  );
}
