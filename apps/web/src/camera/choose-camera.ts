// Which of a device's cameras may be looked through: never a program that calls itself one, and the browser's own for tests only
// where the ticket of the look says so.
import { kindOfCamera } from '@sonrisa/protocol/camera.ts';

/** `anything`: for reading codes, where the picture proves nothing. */
export type Accepts = 'real' | 'real_or_fake' | 'anything';
export type Input = { readonly deviceId: string; readonly label: string };

export function isAccepted(label: string, accepts: Accepts): boolean {
  const kind = kindOfCamera(label);
  return accepts === 'anything' || kind === 'real' || (kind === 'fake' && accepts === 'real_or_fake');
}

/** Before the browser may use cameras it names none of them: then it has to open one, which is looked at before its picture is. */
export function chooseCamera(inputs: readonly Input[], accepts: Accepts): { choice: 'browser' } | { choice: 'device'; deviceId: string } | { choice: 'none' } {
  const named = inputs.filter(({ label }) => label !== '');
  const good = named.filter(({ label }) => isAccepted(label, accepts));
  if (good.length === named.length) return { choice: 'browser' };
  const [first] = good;
  return first ? { choice: 'device', deviceId: first.deviceId } : { choice: 'none' };
}
