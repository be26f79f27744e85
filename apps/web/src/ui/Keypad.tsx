// A number pad for fingers; the keyboard's digits, Backspace and Enter do the same.
import { Check, Delete } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';

export type KeypadProps = {
  onDigit: (digit: string) => void;
  onErase: () => void;
  onOk?: () => void;
  okReady?: boolean;
  disabled?: boolean;
};

const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];

export function Keypad({ onDigit, onErase, onOk, okReady = false, disabled = false }: KeypadProps) {
  const { t } = useTranslation('ui');
  useEffect(() => {
    if (disabled) return;
    const press = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (/^[0-9]$/.test(event.key)) onDigit(event.key);
      else if (event.key === 'Backspace') onErase();
      else if (event.key === 'Enter' && okReady && !(event.target instanceof HTMLButtonElement)) onOk?.();
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [onDigit, onErase, onOk, okReady, disabled]);
  const key = 'min-h-16 landscape:min-h-13 rounded-3xl text-2xl font-bold transition-[transform,background-color] duration-150 active:scale-95 flex items-center justify-center';
  const plain = `${key} bg-card border border-line hover:border-edge disabled:opacity-60`;
  const digitKey = (digit: string) => (
    <button key={digit} type="button" disabled={disabled} data-testid={`key-${digit}`} className={plain} onClick={() => onDigit(digit)}>
      {digit}
    </button>
  );
  return (
    <div className="grid grid-cols-3 gap-3 w-full max-w-sm mx-auto">
      {digits.map(digitKey)}
      <button type="button" disabled={disabled} data-testid="key-erase" aria-label={t('erase')} className={plain} onClick={onErase}>
        <Delete aria-hidden="true" className="size-7" />
      </button>
      {digitKey('0')}
      {onOk ? (
        <button
          type="button"
          disabled={disabled || !okReady}
          data-testid="key-ok"
          aria-label={t('ok')}
          className={`${key} bg-crust text-on-crust disabled:bg-sunk disabled:text-soft`}
          onClick={onOk}
        >
          <Check aria-hidden="true" className="size-8" strokeWidth={3} />
        </button>
      ) : (
        <span />
      )}
    </div>
  );
}
