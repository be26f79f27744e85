// Opens the camera that faces the shopper, and says in one word why it could not. Virtual cameras are passed over: before any is
// opened where their names are known, and before a picture is looked at where the browser names them only then.
import { toBase64Url, sha256 } from '@sonrisa/protocol/bytes.ts';
import type { CameraSettings } from '@sonrisa/protocol/camera.ts';
import { chooseCamera, isAccepted, type Accepts } from './choose-camera.ts';

export type CameraProblem = 'denied' | 'missing' | 'in_use' | 'unplugged' | 'unsupported' | 'virtual';
export type Camera = { stream: MediaStream; settings: CameraSettings; stop(): void; onLost(listener: () => void): void };
export type Opened = { ok: true; camera: Camera } | { ok: false; problem: CameraProblem };
export type Devices = Pick<MediaDevices, 'getUserMedia' | 'enumerateDevices'>;

const wanted = { facingMode: 'user', width: { ideal: 1280, min: 640 }, height: { ideal: 720, min: 480 }, frameRate: { ideal: 30 } } as const;
const virtual = { ok: false, problem: 'virtual' } as const;

export async function openCamera({ accepts, devices = globalThis.navigator.mediaDevices }: { accepts: Accepts; devices?: Devices | undefined }): Promise<Opened> {
  if (!devices?.getUserMedia) return { ok: false, problem: 'unsupported' };
  try {
    const chosen = chooseCamera(await inputsOf(devices), accepts);
    if (chosen.choice === 'none') return virtual;
    const opened = await open(devices, chosen.choice === 'device' ? chosen.deviceId : null);
    if (await isCamera(devices, opened, accepts)) return { ok: true, camera: await cameraOf(opened) };
    stop(opened);
    // Now that one was opened the browser names them all.
    const again = chooseCamera(await inputsOf(devices), accepts);
    if (again.choice !== 'device' || chosen.choice === 'device') return virtual;
    const other = await open(devices, again.deviceId);
    if (await isCamera(devices, other, accepts)) return { ok: true, camera: await cameraOf(other) };
    stop(other);
    return virtual;
  } catch (error) {
    return { ok: false, problem: problemOf(error) };
  }
}

const inputsOf = async (devices: Devices) => (await devices.enumerateDevices()).filter(({ kind }) => kind === 'videoinput');

async function open(devices: Devices, deviceId: string | null): Promise<MediaStream> {
  const { facingMode, ...picture } = wanted;
  const which = deviceId === null ? { facingMode } : { deviceId: { exact: deviceId } };
  try {
    return await devices.getUserMedia({ audio: false, video: { ...which, ...picture } });
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== 'OverconstrainedError') throw error;
  }
  // Some cameras refuse every wish; any picture is better than none, and the vault's gate decides.
  return devices.getUserMedia({ audio: false, video: deviceId === null ? true : { deviceId: { exact: deviceId } } });
}

/** By its name, and as one of the devices there are: a canvas or a screen that is passed off as a camera is none of them. */
async function isCamera(devices: Devices, stream: MediaStream, accepts: Accepts): Promise<boolean> {
  const [track] = stream.getVideoTracks();
  if (!track || !isAccepted(track.label, accepts)) return false;
  if (accepts === 'anything') return true;
  const { deviceId, displaySurface } = track.getSettings();
  return displaySurface === undefined && (await inputsOf(devices)).some((input) => input.deviceId === deviceId);
}

async function cameraOf(stream: MediaStream): Promise<Camera> {
  return {
    stream,
    settings: await settingsOf(stream),
    stop: () => stop(stream),
    onLost: (listener) => stream.getVideoTracks().forEach((track) => track.addEventListener('ended', listener)),
  };
}

const facings = ['user', 'environment', 'left', 'right'] as const;
const labelMaxLength = 256;

async function settingsOf(stream: MediaStream): Promise<CameraSettings> {
  const [track] = stream.getVideoTracks();
  const { deviceId, width, height, frameRate, facingMode } = track?.getSettings() ?? {};
  return {
    label: (track?.label ?? '').slice(0, labelMaxLength),
    deviceIdHash: deviceId ? toBase64Url(await sha256(new TextEncoder().encode(deviceId))) : null,
    width: width ? Math.round(width) : null,
    height: height ? Math.round(height) : null,
    frameRate: frameRate || null,
    facingMode: facings.find((facing) => facing === facingMode) ?? null,
  };
}

const stop = (stream: MediaStream): void => stream.getTracks().forEach((track) => track.stop());

function problemOf(error: unknown): CameraProblem {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing';
  if (name === 'NotReadableError' || name === 'AbortError') return 'in_use';
  return 'unsupported';
}
