import { expect, it } from 'vitest';
import { refuseCamera } from './cameras.ts';

const named = (label: string) => ({ label, deviceIdHash: null, width: 1280, height: 720, frameRate: 30, facingMode: 'user' as const });

it.each([
  ['a real one', named('FaceTime HD Camera'), null, null],
  ["a browser's own for tests", named('fake_device_0'), null, 'camera_refused'],
  ['a file played by the browser', named('/tmp/face.y4m'), null, 'camera_refused'],
  ['a virtual one', named('OBS Virtual Camera'), 'camera_refused', 'camera_refused'],
  ['one that is not told', undefined, null, 'capture_malformed'],
])('%s', (_, camera, sandbox, production) => {
  expect([refuseCamera(camera, 'sandbox'), refuseCamera(camera, 'production')]).toEqual([sandbox, production]);
});
