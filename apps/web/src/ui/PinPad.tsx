// Six hidden digits.
import { DigitsPad } from './DigitsPad.tsx';

export const pinLength = 6;

export function PinPad(props: { label: string; busy?: boolean; testId?: string; onDone: (pin: string) => void }) {
  return <DigitsPad hidden length={pinLength} busy={props.busy ?? false} label={props.label} testId={props.testId ?? 'pin'} onDone={props.onDone} />;
}
