// Turns the current video picture into an observation for the hint chooser. Works on a small copy: the detector looks at
// 256 pixels anyway, and a till's processor has other things to do.
import { boxSize, type FaceBox } from '@sonrisa/face/detect.ts';
import type { RgbImage } from '@sonrisa/face/image.ts';
import type { Detector } from './detector.ts';
import type { Observation, SeenFace } from './hint.ts';

const longSidePx = 256;

export type Observer = { observe(video: HTMLVideoElement, atMs: number): Promise<Observation> };

export function createObserver(detector: Detector): Observer {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  return {
    async observe(video, atMs) {
      if (!context || video.videoWidth === 0) return { atMs, faces: [] };
      const scale = longSidePx / Math.max(video.videoWidth, video.videoHeight);
      canvas.width = Math.round(video.videoWidth * scale);
      canvas.height = Math.round(video.videoHeight * scale);
      context.drawImage(video, 0, 0, canvas.width, canvas.height);
      const image = toRgb(context.getImageData(0, 0, canvas.width, canvas.height));
      const faces = (await detector.find(image)).map((box) => seenFace(box, image));
      image.data.fill(0);
      return { atMs, faces };
    },
  };
}

export function seenFace(box: FaceBox, image: RgbImage): SeenFace {
  return {
    centreX: (box.x + box.width / 2) / image.width,
    centreY: (box.y + box.height / 2) / image.height,
    size: boxSize(box) / image.height,
    turn: turnOf(box),
    luma: meanLuma(box, image),
  };
}

function turnOf(box: FaceBox): number {
  const [rightEye, leftEye, nose] = box.keyPoints;
  if (!rightEye || !leftEye || !nose) return 0;
  const eyeDistance = Math.hypot(leftEye[0] - rightEye[0], leftEye[1] - rightEye[1]);
  if (eyeDistance === 0) return 0;
  // Along the line of the eyes, so that a tilted head does not count as turned.
  const alongX = (leftEye[0] - rightEye[0]) / eyeDistance;
  const alongY = (leftEye[1] - rightEye[1]) / eyeDistance;
  const toNoseX = nose[0] - (rightEye[0] + leftEye[0]) / 2;
  const toNoseY = nose[1] - (rightEye[1] + leftEye[1]) / 2;
  return (toNoseX * alongX + toNoseY * alongY) / eyeDistance;
}

function meanLuma(box: FaceBox, image: RgbImage): number {
  const left = Math.max(0, Math.floor(box.x));
  const top = Math.max(0, Math.floor(box.y));
  const right = Math.min(image.width, Math.ceil(box.x + box.width));
  const bottom = Math.min(image.height, Math.ceil(box.y + box.height));
  let sum = 0;
  let count = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const at = (y * image.width + x) * 3;
      sum += 0.299 * (image.data[at] ?? 0) + 0.587 * (image.data[at + 1] ?? 0) + 0.114 * (image.data[at + 2] ?? 0);
      count++;
    }
  }
  return count === 0 ? 0 : sum / count;
}

function toRgb(rgba: ImageData): RgbImage {
  const pixels = rgba.width * rgba.height;
  const data = new Uint8ClampedArray(pixels * 3);
  for (let i = 0; i < pixels; i++) {
    data[i * 3] = rgba.data[i * 4] ?? 0;
    data[i * 3 + 1] = rgba.data[i * 4 + 1] ?? 0;
    data[i * 3 + 2] = rgba.data[i * 4 + 2] ?? 0;
  }
  return { data, width: rgba.width, height: rgba.height };
}
