// "Another way to show that you're here": part of a challenge is left out for those who cannot do it, or may not see it.
import type { ChallengeKind } from '@sonrisa/protocol/challenge.ts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/Button.tsx';

const kinds: readonly ChallengeKind[] = ['smile', 'turn', 'blink', 'flash'];

/** Nothing left to leave out: the caller's other ways to pay stand beside it. */
export function OtherProof(props: { avoided: readonly ChallengeKind[]; onAvoid: (kind: ChallengeKind) => void }) {
  const { t } = useTranslation('ui');
  const [open, setOpen] = useState(false);
  if (props.avoided.length >= 2) return null;
  if (!open) {
    return (
      <Button look="quiet" testId="other-proof" onClick={() => setOpen(true)}>
        {t('otherProof')}
      </Button>
    );
  }
  return (
    <div role="group" aria-label={t('otherProof')} className="flex flex-wrap justify-center gap-2 animate-rise">
      {kinds
        .filter((kind) => !props.avoided.includes(kind))
        .map((kind) => (
          <Button key={kind} look="soft" testId={`avoid-${kind}`} onClick={() => props.onAvoid(kind)}>
            {t(`avoid_${kind}`)}
          </Button>
        ))}
    </div>
  );
}

/** Who asks the system for less motion is shown no flashes. */
export function avoidedBySystem(): ChallengeKind[] {
  return globalThis.matchMedia('(prefers-reduced-motion: reduce)').matches ? ['flash'] : [];
}
