// Where one stands in a short row of steps.
import { useTranslation } from 'react-i18next';

export function Progress(props: { step: number; of: number }) {
  const { t } = useTranslation('ui');
  const label = t('step', { n: props.step, of: props.of });
  return (
    <div role="progressbar" aria-label={label} aria-valuemin={1} aria-valuemax={props.of} aria-valuenow={props.step} className="flex gap-2">
      {Array.from({ length: props.of }, (_, index) => (
        <span key={index} className={`h-2 flex-1 rounded-full transition-colors duration-200 ${index < props.step ? 'bg-crust' : 'bg-line'}`} />
      ))}
    </div>
  );
}
