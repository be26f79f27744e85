// The camera Chromium is given: a y4m file of raw frames, written at test time, reached by a symlink. Chromium opens the
// file anew at every getUserMedia, so re-pointing the link changes the person in front of the camera.
import { closeSync, mkdtempSync, openSync, renameSync, rmSync, symlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';

export const cameraWidth = 640;
export const cameraHeight = 480;
export const framesPerSecond = 10;

export type Camera = {
  /** What Chromium is told to open. */
  readonly file: string;
  /** From the next getUserMedia on, these frames play in a loop. */
  show(name: string, frames: readonly Uint8Array[]): Promise<void>;
  /** Removes a clip's file: raw frames of ten seconds are 46 MB. */
  forget(name: string): void;
  remove(): void;
};

/** `name`: Chromium calls the camera by its file. */
export function createCamera(name = 'current'): Camera {
  const folder = mkdtempSync(join(tmpdir(), 'sonrisa-camera-'));
  const file = join(folder, `${name}.y4m`);
  const written = new Set<string>();
  return {
    file,
    show: async (name, frames) => {
      const clip = join(folder, `${name}.y4m`);
      if (!written.has(name)) await writeClip(clip, frames);
      written.add(name);
      symlinkSync(clip, `${file}.new`);
      renameSync(`${file}.new`, file);
    },
    forget: (name) => {
      written.delete(name);
      rmSync(join(folder, `${name}.y4m`), { force: true });
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function writeClip(path: string, frames: readonly Uint8Array[]): Promise<void> {
  const out = openSync(path, 'w');
  try {
    writeSync(out, `YUV4MPEG2 W${cameraWidth} H${cameraHeight} F${framesPerSecond}:1 Ip A1:1 C420jpeg\n`);
    for (const frame of frames) {
      const { data } = await sharp(frame).resize(cameraWidth, cameraHeight).removeAlpha().raw().toBuffer({ resolveWithObject: true });
      writeSync(out, 'FRAME\n');
      writeSync(out, toPlanes(data));
    }
  } finally {
    closeSync(out);
  }
}

/** RGB to planar YUV 4:2:0, BT.601, limited range (ITU-R BT.601-7, 2.5): what Chromium reads y4m as. */
export function toPlanes(rgb: Uint8Array): Uint8Array {
  const pixels = cameraWidth * cameraHeight;
  const planes = new Uint8Array((pixels * 3) / 2);
  for (let y = 0; y < cameraHeight; y++) {
    for (let x = 0; x < cameraWidth; x++) {
      const at = y * cameraWidth + x;
      const [r, g, b] = [rgb[at * 3] ?? 0, rgb[at * 3 + 1] ?? 0, rgb[at * 3 + 2] ?? 0];
      planes[at] = Math.round(16 + (65.481 * r + 128.553 * g + 24.966 * b) / 255);
      if (((x | y) & 1) === 1) continue;
      const chroma = (y >> 1) * (cameraWidth >> 1) + (x >> 1);
      planes[pixels + chroma] = Math.round(128 + (-37.797 * r - 74.203 * g + 112 * b) / 255);
      planes[pixels + (pixels >> 2) + chroma] = Math.round(128 + (112 * r - 93.786 * g - 18.214 * b) / 255);
    }
  }
  return planes;
}
