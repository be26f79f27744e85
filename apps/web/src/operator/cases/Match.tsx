// Why the vault took the shopper for this person: score, threshold, bound, rung, and what it saw of the scene. No picture is kept.
import type { FaceCase } from '@sonrisa/protocol/cases-api.ts';
import type { ReceiptClaims } from '@sonrisa/protocol/receipt.ts';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { oneIn, readClaims } from './claims.ts';
import { Fact, FactList, FactsCard } from './Facts.tsx';

export function Match({ case: shown }: { case: FaceCase }) {
  const { t } = useTranslation('cases');
  const { language } = useLanguage();
  const locale = intlLocale(language);
  const claims = readClaims(shown.evidence.claims);
  const second = shown.evidence.secondFactor;
  if (!claims) {
    return (
      <FactsCard title={t('match')} testId="match">
        <p className="text-soft">{t('matchNone')}</p>
      </FactsCard>
    );
  }
  const { bound, candidateCount, rung, scope = 'all', liveness, scene, curveId, packId, lookAlike } = claims;
  return (
    <FactsCard title={t('match')} testId="match">
      {bound === undefined || candidateCount === undefined ? null : (
        <p className="text-lg">{t('bound', { n: oneIn(bound, locale), people: candidateCount.toLocaleString(locale), scope: t(`scope_${scope}`) })}</p>
      )}
      <Score claims={claims} />
      <FactList>
        {rung ? <Fact name={t('rung')}>{t(`rung_${rung}`)}</Fact> : null}
        <Fact name={t('secondFactor')}>{t(second === null ? 'unknown' : second ? 'yes' : 'no')}</Fact>
        {liveness ? (
          <Fact name={t('liveness')}>
            {t(`liveness_${liveness}`)}
            <Scores scores={claims.livenessScores ?? {}} />
          </Fact>
        ) : null}
        {scene ? <Fact name={t('scene')}>{sceneText(scene, t)}</Fact> : null}
        {lookAlike === undefined ? null : <Fact name={t('lookAlike')}>{t(lookAlike ? 'lookAlikeYes' : 'no')}</Fact>}
        {curveId && packId ? (
          <Fact name={t('measuredBy')} wide>
            <code className="text-sm font-normal">
              {packId} · {curveId}
            </code>
          </Fact>
        ) : null}
      </FactList>
    </FactsCard>
  );
}

// Cosines of different people lie near 0; what is shown begins where it gets interesting.
const scaleFrom = 0.5;
const place = (value: number): string => `${(Math.min(1, Math.max(0, (value - scaleFrom) / (1 - scaleFrom))) * 100).toFixed(1)}%`;

function Score({ claims: { score, threshold } }: { claims: Partial<ReceiptClaims> }) {
  const { t } = useTranslation('cases');
  if (score === undefined || threshold === undefined) return null;
  const text = t('scoreText', { score: score.toFixed(3), threshold: threshold.toFixed(3) });
  return (
    <div>
      <p className="flex justify-between gap-4 font-semibold tabular-nums">
        <span>{text}</span>
        <span className="text-soft">{t('above', { by: (Number(score.toFixed(3)) - Number(threshold.toFixed(3))).toFixed(3) })}</span>
      </p>
      <div role="img" aria-label={text} className="relative mt-2 h-3 rounded-full bg-sunk">
        <div className="absolute inset-y-0 left-0 rounded-full bg-crust" style={{ width: place(score) }} />
        <div className="absolute -inset-y-1 w-1 rounded-full bg-ink" style={{ left: place(threshold) }} />
      </div>
    </div>
  );
}

function Scores({ scores }: { scores: Readonly<Record<string, number>> }) {
  const all = Object.entries(scores);
  if (all.length === 0) return null;
  return <span className="block text-sm font-normal text-soft tabular-nums">{all.map(([name, score]) => `${name} ${score.toFixed(2)}`).join(' · ')}</span>;
}

function sceneText(scene: ReceiptClaims['scene'], t: TFunction<'cases'>): string {
  const faces = scene.facesMax ?? scene.faceCount;
  return [faces > 1 ? t('facesSeen', { n: faces }) : t('alone'), scene.onlooker ? t('onlooker') : null, scene.light ? t(`light_${scene.light}`) : null].filter((part) => part !== null).join(' · ');
}
