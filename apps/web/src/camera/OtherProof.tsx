// "Another way to show that you're here": part of a challenge is left out for those who cannot do it, or may not see it.
import { avoidedKindsMax, type ChallengeKind } from '@sonrisa/protocol/challenge.ts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/Button.tsx';
import { leftOut } from './left-out.ts';

const kinds: readonly ChallengeKind[] = ['smile', 'turn', 'blink', 'flash'];

/** `inOneRow`: on a wide screen, where there is room beside. Shows nothing when no more may be left out: the caller's other ways on stand beside it. */
export function OtherProof(props: { avoided: readonly ChallengeKind[]; onAvoid: (kind: ChallengeKind) => void; inOneRow?: boolean }) {
  const { t } = useTranslation('ui');
  const [open, setOpen] = useState(false);
  const without = leftOut(props.avoided);
  if (without.length >= avoidedKindsMax) return null;
  if (!open) {
    return (
      <Button look="quiet" testId="other-proof" onClick={() => setOpen(true)}>
        {t('otherProof')}
      </Button>
    );
  }
  return (
    <div role="group" aria-label={t('otherProof')} className={`grid grid-cols-2 gap-2 w-full animate-rise ${props.inOneRow ? 'landscape:grid-cols-4' : ''}`}>
      {kinds
        .filter((kind) => !without.includes(kind))
        .map((kind) => (
          <Button key={kind} look="soft" size="small" testId={`avoid-${kind}`} onClick={() => props.onAvoid(kind)}>
            {t(`avoid_${kind}`)}
          </Button>
        ))}
    </div>
  );
}
