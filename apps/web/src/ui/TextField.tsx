// A labelled input with one line on why it is asked.
import { useId, type InputHTMLAttributes } from 'react';

type TextFieldProps = Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange'> & {
  label: string;
  note: string;
  testId: string;
  /** What is wrong with what was typed; said instead of the note. */
  error?: string | null;
  onChange: (value: string) => void;
};

export function TextField({ label, note, testId, onChange, error = null, ...input }: TextFieldProps) {
  const id = useId();
  return (
    <div className="text-left w-full">
      <label htmlFor={id} className="block font-bold mb-1.5">
        {label}
      </label>
      <input
        id={id}
        data-testid={testId}
        aria-describedby={`${id}-note`}
        {...(error === null ? {} : { 'aria-invalid': true })}
        className="w-full min-h-14 rounded-2xl border-2 border-edge aria-invalid:border-warn bg-card px-4 text-lg font-semibold placeholder:text-soft placeholder:font-normal"
        onChange={(event) => onChange(event.target.value)}
        {...input}
      />
      <p id={`${id}-note`} data-testid={error === null ? undefined : 'fault'} className={`mt-1.5 text-sm ${error === null ? 'text-soft' : 'font-bold text-warn'}`}>
        {error ?? note}
      </p>
    </div>
  );
}
