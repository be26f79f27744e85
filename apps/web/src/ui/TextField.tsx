// A labelled input with one line on why it is asked.
import { useId, type InputHTMLAttributes } from 'react';

type TextFieldProps = Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange'> & {
  label: string;
  note: string;
  testId: string;
  onChange: (value: string) => void;
};

export function TextField({ label, note, testId, onChange, ...input }: TextFieldProps) {
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
        className="w-full min-h-14 rounded-2xl border-2 border-edge bg-card px-4 text-lg font-semibold placeholder:text-soft placeholder:font-normal"
        onChange={(event) => onChange(event.target.value)}
        {...input}
      />
      <p id={`${id}-note`} className="mt-1.5 text-sm text-soft">
        {note}
      </p>
    </div>
  );
}
