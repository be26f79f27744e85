// A few digits on a number pad: shown as they are (last four of a phone), or as dots (a PIN).
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Keypad } from './Keypad.tsx';

export type DigitsPadProps = {
  length: number;
  hidden?: boolean;
  busy?: boolean;
  label: string;
  testId: string;
  onDone: (digits: string) => void;
};

/** Give it a new React key to empty it. */
export function DigitsPad(props: DigitsPadProps) {
  const { t } = useTranslation('ui');
  const [digits, setDigits] = useState('');
  const { length, onDone } = props;
  const add = useCallback((digit: string) => setDigits((before) => (before.length < length ? before + digit : before)), [length]);
  const erase = useCallback(() => setDigits((before) => before.slice(0, -1)), []);
  const ok = useCallback(() => onDone(digits), [onDone, digits]);
  return (
    <div className="flex flex-col gap-5 w-full">
      <div role="group" aria-label={props.label} data-testid={props.testId} className="flex justify-center gap-3">
        {Array.from({ length }, (_, index) => (
          <Slot key={index} digit={digits[index]} hidden={props.hidden ?? false} next={index === digits.length} />
        ))}
        <span className="sr-only" role="status">
          {t('digitsEntered', { n: digits.length, of: length })}
        </span>
      </div>
      <Keypad onDigit={add} onErase={erase} onOk={ok} okReady={digits.length === length} disabled={props.busy ?? false} />
    </div>
  );
}

function Slot(props: { digit: string | undefined; hidden: boolean; next: boolean }) {
  const edge = props.next ? 'border-crust' : props.digit ? 'border-edge' : 'border-line';
  return (
    <span
      aria-hidden="true"
      className={`h-14 w-12 rounded-2xl border-2 bg-card flex items-center justify-center text-3xl font-extrabold tabular-nums transition-colors duration-150 ${edge}`}
    >
      {props.digit === undefined ? '' : props.hidden ? <span className="size-3.5 rounded-full bg-ink animate-pop" /> : props.digit}
    </span>
  );
}
