// Fake: the browser's list of devices and the streams it opens. What is opened and what is passed over is the page's own doing.
import { describe, expect, it } from 'vitest';
import { cameraSettingsSchema } from '@sonrisa/protocol/camera.ts';
import { chooseCamera } from './choose-camera.ts';
import { openCamera, type Devices } from './open-camera.ts';

const named = (...labels: string[]) => labels.map((label) => ({ deviceId: `id of ${label}`, label }));

describe('which camera is chosen', () => {
  it.each([
    ['nothing is named yet', [{ deviceId: '', label: '' }], 'real', { choice: 'browser' }],
    ['nothing is there', [], 'real', { choice: 'browser' }],
    ['two real ones: as the browser wishes', named('Front', 'Back'), 'real', { choice: 'browser' }],
    ['a real one behind a virtual one', named('OBS Virtual Camera', 'Front'), 'real', { choice: 'device', deviceId: 'id of Front' }],
    ['virtual ones only', named('OBS Virtual Camera', 'ManyCam'), 'real_or_fake', { choice: 'none' }],
    ["the browser's own, in a sandbox", named('fake_device_0'), 'real_or_fake', { choice: 'browser' }],
    ["the browser's own, elsewhere", named('fake_device_0'), 'real', { choice: 'none' }],
    ['any, to read a code', named('OBS Virtual Camera'), 'anything', { choice: 'browser' }],
  ] as const)('%s', (_, inputs, accepts, choice) => {
    expect(chooseCamera(inputs, accepts)).toEqual(choice);
  });
});

/** `first`: what the browser opens when it may choose. `named`: whether it names devices before that. */
function browser({ labels, first = labels[0] ?? '', namesThem = true, settings = {} }: { labels: string[]; first?: string; namesThem?: boolean; settings?: object }) {
  const seen = { opened: [] as string[], stopped: [] as string[], mayName: namesThem };
  const devices = {
    enumerateDevices: async () => labels.map((label) => ({ kind: 'videoinput', deviceId: seen.mayName ? `id of ${label}` : '', label: seen.mayName ? label : '' })),
    getUserMedia: async ({ video }: { video: { deviceId?: { exact: string } } }) => {
      const label = labels.find((each) => video.deviceId?.exact === `id of ${each}`) ?? first;
      seen.opened.push(label);
      seen.mayName = true;
      const track = { label, getSettings: () => ({ deviceId: `id of ${label}`, width: 1280, height: 720, frameRate: 30, facingMode: 'user', ...settings }), stop: () => seen.stopped.push(label), addEventListener: () => undefined };
      return { getVideoTracks: () => [track], getTracks: () => [track] };
    },
  };
  return { seen, devices: devices as unknown as Devices };
}

describe('opening one', () => {
  it.each([
    ['a real one', { labels: ['Front'] }, 'Front', ['Front'], []],
    ['the real one, and the virtual one stays shut', { labels: ['OBS Virtual Camera', 'Front'] }, 'Front', ['Front'], []],
    ['a virtual one that the browser took unnamed is shut, the real one opened', { labels: ['OBS Virtual Camera', 'Front'], namesThem: false }, 'Front', ['OBS Virtual Camera', 'Front'], ['OBS Virtual Camera']],
    ['nothing where all are virtual, and none is opened', { labels: ['OBS Virtual Camera'] }, 'virtual', [], []],
    ['nothing where the only one turns out to be virtual', { labels: ['OBS Virtual Camera'], namesThem: false }, 'virtual', ['OBS Virtual Camera'], ['OBS Virtual Camera']],
    ['nothing where a canvas is passed off as a camera', { labels: ['Front'], first: 'Front', settings: { deviceId: 'made up' } }, 'virtual', ['Front'], ['Front']],
    ['nothing where a screen is', { labels: ['Front'], settings: { displaySurface: 'monitor' } }, 'virtual', ['Front'], ['Front']],
  ])('%s', async (_, given, outcome, opened, stopped) => {
    const { seen, devices } = browser(given);
    const result = await openCamera({ accepts: 'real', devices });
    expect(result.ok ? result.camera.settings.label : result.problem).toBe(outcome);
    expect(seen).toMatchObject({ opened, stopped });
  });

  it('tells what the capture will say of it', async () => {
    const result = await openCamera({ accepts: 'real', devices: browser({ labels: ['Front'] }).devices });
    const settings = cameraSettingsSchema.parse(result.ok && result.camera.settings);
    expect(settings).toEqual({ label: 'Front', deviceIdHash: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/), width: 1280, height: 720, frameRate: 30, facingMode: 'user' });
    expect(settings.deviceIdHash).not.toContain('id of');
  });
});
