// The way from a version, or from all of them, to rules that can be changed.
import { PencilLine } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { hashOf } from '../../route.ts';

/** `from`: the version to begin with; null: the one in charge. */
export function WriteLink({ from }: { from: number | null }) {
  const { t } = useTranslation('rules');
  return (
    <a href={hashOf({ page: 'risk_draft', from })} data-testid="write-rules" className="min-h-12 px-5 inline-flex items-center gap-3 rounded-full bg-glow font-bold hover:brightness-[0.97]">
      <PencilLine aria-hidden="true" className="size-5" /> {t(from === null ? 'write' : 'writeFrom')}
    </a>
  );
}
