// The camera is denied, missing, in use, unplugged or not allowed on this address: what to do about each.
import { CameraOff } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { CameraProblem } from './open-camera.ts';

export function CameraTrouble(props: { problem: CameraProblem }) {
  const { t } = useTranslation('ui');
  return (
    <div role="alert" data-testid="camera-problem" data-problem={props.problem} className="flex flex-col items-center gap-4 text-center animate-rise">
      <span className="size-28 rounded-full bg-glow flex items-center justify-center">
        <CameraOff aria-hidden="true" className="size-12 text-crust" />
      </span>
      <h1 className="text-3xl font-extrabold">{t(`camera_${props.problem}`)}</h1>
      <p className="text-lg text-soft max-w-md">{t(`camera_${props.problem}_next`)}</p>
    </div>
  );
}
