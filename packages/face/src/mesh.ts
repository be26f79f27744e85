// Traces a face: 468 points by the face mesh net on a square cut-out of 1.5 × the box, rotated so
// that the eyes are level. Input: RGB / 255, NHWC [1, 192, 192, 3]. Outputs: [1, 1404] x, y, z in
// pixels of the cut-out and [1, 1] presence. Paper: Kartynnik et al., "Real-time Facial Surface
// Geometry from Monocular Video", 2019.
import { plainPictures } from './image.ts';
import type { Affine, Point, RgbImage } from './image.ts';
import { boxSize } from './detect.ts';
import type { FaceBox } from './detect.ts';
import type { ModelRunner } from './runner.ts';

export interface FaceMesh {
  /** 468 × (x, y, z): x and y in picture pixels, z (depth, smaller is nearer) in the same unit. */
  readonly points: Float32Array;
  /** 0..1: how sure the net is that this is a face. */
  readonly presence: number;
}

export const meshInputSide = 192;
export const meshPointCount = 468;

const cropScale = 1.5;

export async function traceMesh(runner: ModelRunner, image: RgbImage, box: FaceBox): Promise<FaceMesh> {
  const toSource = levelCrop(box);
  const { warp } = runner.pictures ?? plainPictures;
  const data = warp(image, { toSource, width: meshInputSide, height: meshInputSide, layout: 'hwc', scale: 1 / 255, bias: 0 });
  const outputs = await runner.run('mesh', { data, dims: [1, meshInputSide, meshInputSide, 3] });
  data.fill(0);
  const tensors = Object.values(outputs);
  const raw = tensors.find((tensor) => tensor.data.length === meshPointCount * 3);
  const presence = tensors.find((tensor) => tensor.data.length === 1);
  if (!raw || !presence) throw new Error('the mesh net gave no 468 points');
  return { points: backToPicture(raw.data, toSource), presence: presence.data[0] };
}

/** Point `index` of the mesh in the picture plane. */
export const meshPoint = (mesh: FaceMesh, index: number): Point => [mesh.points[index * 3], mesh.points[index * 3 + 1]];

function levelCrop(box: FaceBox): Affine {
  const [rightEye, leftEye] = box.keyPoints;
  const angle = Math.atan2(leftEye[1] - rightEye[1], leftEye[0] - rightEye[0]);
  const scale = (boxSize(box) * cropScale) / meshInputSide;
  const cos = Math.cos(angle) * scale;
  const sin = Math.sin(angle) * scale;
  const half = meshInputSide / 2;
  const centreX = box.x + box.width / 2;
  const centreY = box.y + box.height / 2;
  return [cos, -sin, centreX - (cos - sin) * half, sin, cos, centreY - (sin + cos) * half];
}

function backToPicture(raw: Float32Array, toSource: Affine): Float32Array {
  const [a, b, c, d, e, f] = toSource;
  const scale = Math.hypot(a, d);
  const points = new Float32Array(raw.length);
  for (let i = 0; i < raw.length; i += 3) {
    points[i] = a * raw[i] + b * raw[i + 1] + c;
    points[i + 1] = d * raw[i] + e * raw[i + 1] + f;
    points[i + 2] = raw[i + 2] * scale;
  }
  return points;
}
