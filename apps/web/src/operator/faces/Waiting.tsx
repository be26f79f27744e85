// How many pairs of faces wait for somebody, beside the page's name on every page of the back office.
import { useTranslation } from 'react-i18next';
import { useRead } from '../operator-context.ts';

const readEveryMs = 30_000;

export function Waiting() {
  const { t } = useTranslation('faces');
  const { data } = useRead(['face-reviews', 'open'], (client, token) => client.faceReviews(token, 'open'), readEveryMs);
  if (!data || data.open === 0) return null;
  return (
    <span data-testid="faces-waiting" data-count={data.open} className="min-w-6 rounded-full bg-warn-glow text-warn px-2 py-0.5 text-sm text-center tabular-nums">
      <span aria-hidden="true">{data.open}</span>
      <span className="sr-only">{t('waiting', { count: data.open })}</span>
    </span>
  );
}
