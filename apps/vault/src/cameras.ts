// Which cameras a vault looks through: real ones, and in a sandbox the one that a browser makes up for tests.
import { kindOfCamera, type CameraSettings } from '@sonrisa/protocol/camera.ts';

/** Null: taken. A capture that does not say is a sandbox's, or of a terminal from before cameras were told. */
export function refuseCamera(camera: CameraSettings | undefined, mode: 'sandbox' | 'production'): 'capture_malformed' | 'camera_refused' | null {
  if (!camera) return mode === 'production' ? 'capture_malformed' : null;
  switch (kindOfCamera(camera.label)) {
    case 'real':
      return null;
    case 'fake':
      return mode === 'production' ? 'camera_refused' : null;
    case 'virtual':
      return 'camera_refused';
  }
}
