// Faces the vault found alike, each pair with what is on record of both and the way to decide it. Whoever waits longest comes first.
import type { FaceReview } from '@sonrisa/protocol/face-reviews-api.ts';
import { useTranslation } from 'react-i18next';
import { Fetched } from '../../ui/Fetched.tsx';
import { Empty } from '../Empty.tsx';
import { useRead } from '../operator-context.ts';
import { hashOf, type CaseState } from '../route.ts';
import { ReviewCard } from './ReviewCard.tsx';

const readEveryMs = 30_000;
const states = ['open', 'closed'] as const;

export function ReviewList({ state }: { state: CaseState }) {
  const { t } = useTranslation('faces');
  const reviews = useRead(['face-reviews', state], (client, token) => client.faceReviews(token, state), readEveryMs);
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
        <div className="max-w-3xl">
          <h1 className="text-3xl font-extrabold">{t('title')}</h1>
          <p className="text-soft mt-1">{t('lead')}</p>
        </div>
        <nav aria-label={t('which')} className="flex gap-1 rounded-full bg-sunk p-1">
          {states.map((each) => (
            <a
              key={each}
              href={hashOf({ page: 'faces', state: each })}
              data-testid={`reviews-${each}`}
              aria-current={each === state ? 'true' : undefined}
              className={`min-h-10 px-5 rounded-full inline-flex items-center font-bold ${each === state ? 'bg-card text-ink shadow-sm' : 'text-soft hover:text-ink'}`}
            >
              {t(each)}
            </a>
          ))}
        </nav>
      </div>
      <Fetched query={reviews}>{({ reviews: read }) => (read.length === 0 ? <None state={state} /> : <Cards reviews={state === 'open' ? read.toReversed() : read} />)}</Fetched>
    </>
  );
}

function Cards({ reviews }: { reviews: FaceReview[] }) {
  return (
    <ul className="flex flex-col gap-6">
      {reviews.map((review) => (
        <ReviewCard key={review.id} review={review} />
      ))}
    </ul>
  );
}

function None({ state }: { state: CaseState }) {
  const { t } = useTranslation('faces');
  return <Empty title={t(`none_${state}`)} text={t(`noneText_${state}`)} testId="reviews-none" />;
}
