// A secret that the server tells once: to be copied now.
import { useTranslation } from 'react-i18next';
import { CopyButton } from '../../ui/CopyButton.tsx';

export function ShownOnce(props: { text: string; note: string; testId: string }) {
  const { t } = useTranslation('shops');
  return (
    <div role="status" className="rounded-2xl bg-good-glow px-4 py-3 flex flex-col gap-2 animate-rise">
      <div className="flex flex-wrap items-center gap-3">
        <code data-testid={props.testId} className="font-bold [overflow-wrap:anywhere]">{props.text}</code>
        <CopyButton text={props.text} label={t('copy')} namespace="shops" copy={(text) => navigator.clipboard.writeText(text)} testId={`${props.testId}-copy`} />
      </div>
      <p className="text-sm">{props.note}</p>
    </div>
  );
}
