// Opens the camera that faces the shopper, and says in one word why it could not.

export type CameraProblem = 'denied' | 'missing' | 'in_use' | 'unplugged' | 'unsupported';
export type Camera = { stream: MediaStream; stop(): void; onLost(listener: () => void): void };

const wanted: MediaStreamConstraints = {
  audio: false,
  video: { facingMode: 'user', width: { ideal: 1280, min: 640 }, height: { ideal: 720, min: 480 }, frameRate: { ideal: 30 } },
};
/** Some cameras refuse every wish; any picture is better than none, and the vault's gate decides. */
const anyCamera: MediaStreamConstraints = { audio: false, video: true };

export async function openCamera(): Promise<{ ok: true; camera: Camera } | { ok: false; problem: CameraProblem }> {
  const devices = globalThis.navigator.mediaDevices as MediaDevices | undefined;
  if (!devices?.getUserMedia) return { ok: false, problem: 'unsupported' };
  try {
    return { ok: true, camera: cameraOf(await devices.getUserMedia(wanted)) };
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== 'OverconstrainedError') return { ok: false, problem: problemOf(error) };
  }
  try {
    return { ok: true, camera: cameraOf(await devices.getUserMedia(anyCamera)) };
  } catch (error) {
    return { ok: false, problem: problemOf(error) };
  }
}

function cameraOf(stream: MediaStream): Camera {
  return {
    stream,
    stop: () => stream.getTracks().forEach((track) => track.stop()),
    onLost: (listener) => stream.getVideoTracks().forEach((track) => track.addEventListener('ended', listener)),
  };
}

function problemOf(error: unknown): CameraProblem {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing';
  if (name === 'NotReadableError' || name === 'AbortError') return 'in_use';
  return 'unsupported';
}
