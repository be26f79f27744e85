// A PIN chosen anew, typed twice.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PinPad } from '../../ui/PinPad.tsx';

export function NewPin(props: { busy: boolean; onChosen: (pin: string) => void }) {
  const { t } = useTranslation('recovery');
  const [first, setFirst] = useState<string | null>(null);
  const [differs, setDiffers] = useState(false);
  const done = (pin: string): void => {
    if (first === null) {
      setDiffers(false);
      setFirst(pin);
    } else if (pin === first) props.onChosen(pin);
    else {
      setDiffers(true);
      setFirst(null);
    }
  };
  const label = t(first === null ? 'choosePin' : 'pinAgain');
  return (
    <div className="w-full flex flex-col gap-3">
      {differs ? <p role="alert" data-testid="pin-differs" className="rounded-2xl bg-warn-glow px-5 py-3 font-semibold">{t('pinDiffers')}</p> : null}
      <p className="font-bold text-center">{label}</p>
      <PinPad key={first === null ? 'first' : 'again'} label={label} testId={first === null ? 'pin-1' : 'pin-2'} busy={props.busy} onDone={done} />
    </div>
  );
}
