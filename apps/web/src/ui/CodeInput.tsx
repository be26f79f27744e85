// Six digits from an SMS: one real input, so that a phone can fill it in by itself, with the digits set wide apart.
import { useState } from 'react';

export const codeLength = 6;

export function CodeInput(props: { label: string; disabled?: boolean; describedBy?: string; onComplete: (code: string) => void }) {
  const [code, setCode] = useState('');
  const change = (text: string): void => {
    const digits = text.replace(/\D/g, '').slice(0, codeLength);
    setCode(digits);
    if (digits.length === codeLength && digits !== code) props.onComplete(digits);
  };
  return (
    <input
      data-testid="code-input"
      aria-label={props.label}
      aria-describedby={props.describedBy}
      inputMode="numeric"
      autoComplete="one-time-code"
      autoFocus
      pattern="[0-9]*"
      placeholder="······"
      disabled={props.disabled}
      value={code}
      onChange={(event) => change(event.target.value)}
      className="w-full rounded-3xl border-2 border-edge bg-card py-4 text-center text-4xl font-extrabold tabular-nums tracking-[0.35em] indent-[0.35em] placeholder:text-edge disabled:opacity-60"
    />
  );
}
