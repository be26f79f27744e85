// Copies a short text, and says whether it worked: pages that are not on https or localhost may not touch the clipboard.
import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/Button.tsx';

const shownForMs = 2_500;

/** Texts `copy`, `copied` and `copyByHand` come from the caller's namespace. */
export function CopyButton(props: { text: string; label: string; namespace: string; copy: (text: string) => Promise<void>; testId: string }) {
  const { t } = useTranslation(props.namespace);
  const [outcome, setOutcome] = useState<'copied' | 'copyByHand' | null>(null);
  useEffect(() => {
    if (!outcome) return;
    const timer = setTimeout(() => setOutcome(null), shownForMs);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = () => props.copy(props.text).then(() => setOutcome('copied'), () => setOutcome('copyByHand'));
  return (
    <>
      <Button look="soft" size="small" testId={props.testId} aria-label={props.label} onClick={() => void copy()}>
        {outcome === 'copied' ? <Check aria-hidden="true" className="size-5" /> : <Copy aria-hidden="true" className="size-5" />}
        {t(outcome ?? 'copy')}
      </Button>
      <span role="status" className="sr-only">
        {outcome ? t(outcome) : ''}
      </span>
    </>
  );
}
