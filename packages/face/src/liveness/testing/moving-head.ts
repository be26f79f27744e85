// A still photo set in motion for tests, since no live video exists here: the face is warped by its own mesh with depth
// (turned in space, mouth corners pulled, eyelids closed), lit by a coloured screen, and given a camera's noise. The same
// photo moved as a flat sheet is what an attacker with a print or a screen can do.
import type { Point, RgbImage } from '../../image.ts';
import { createSeededRandom } from '../../calibrate/seeded-random.ts';
import { meshPointCount } from '../../mesh.ts';
import type { FaceMesh } from '../../mesh.ts';
import type { Colour } from '../evidence.ts';
import { eyeDistance } from '../evidence.ts';
import { delaunay } from './triangles.ts';
import type { Triangle } from './triangles.ts';

export interface HeadPose {
  /** Degrees; positive: to the person's left. */
  readonly yawDegrees: number;
  readonly pitchDegrees: number;
  readonly rollDegrees: number;
  readonly shiftXPx: number;
  readonly shiftYPx: number;
  readonly zoom: number;
  /** 0 neutral, 1 broad. */
  readonly smile: number;
  /** 0 open, 1 shut. */
  readonly eyesShut: number;
}

export interface Light {
  /** Added to the face as a share of its own colour. */
  readonly onFace: Colour;
  readonly behind: Colour;
  readonly gain: number;
  /** Standard deviation of the camera's noise, 0..255. */
  readonly noise: number;
}

export interface MovingHead {
  /** The head moves as a body in space, in front of a background that stays. */
  alive(pose: HeadPose, light: Light, random: () => number): RgbImage;
  /** The whole photo as one flat sheet, turned in space; what the face itself would do is left out. */
  flat(pose: HeadPose, light: Light, random: () => number): RgbImage;
}

type Vertex = { readonly x: number; readonly y: number; readonly z: number; readonly follows: number };

// Upper eyelids and the lower lid point each of them closes onto; mouth corners with what lies around them.
const lids: readonly (readonly [upper: number, lower: number])[] = [
  [246, 7], [161, 163], [160, 144], [159, 145], [158, 153], [157, 154], [173, 155],
  [466, 249], [388, 390], [387, 373], [386, 374], [385, 380], [384, 381], [398, 382],
];
const [rightCorner, leftCorner] = [61, 291];
const [rightEdge, leftEdge] = [234, 454];

/** `image` shows one face well inside; `mesh` is that face's. */
export function createMovingHead(image: RgbImage, mesh: FaceMesh): MovingHead {
  const eyes = eyeDistance(mesh);
  const vertices = verticesOf(image, mesh, eyes);
  const triangles = delaunay(vertices.map(({ x, y }): Point => [x, y]));
  const centre = {
    x: (mesh.points[rightEdge * 3] + mesh.points[leftEdge * 3]) / 2,
    y: (mesh.points[rightEdge * 3 + 1] + mesh.points[leftEdge * 3 + 1]) / 2,
    z: (mesh.points[rightEdge * 3 + 2] + mesh.points[leftEdge * 3 + 2]) / 2,
  };
  // The camera stands about 70 cm away, eleven eye distances.
  const away = 11 * eyes;

  function alive(pose: HeadPose, light: Light, random: () => number): RgbImage {
    const moved = vertices.map((vertex, index) => {
      const { x, y, z } = expression({ index, vertex, mesh, eyes, pose });
      const turned = turn({ x: x - centre.x, y: y - centre.y, z: z - centre.z }, pose);
      const nearer = (away / (away + turned.z)) * pose.zoom;
      const to = { x: centre.x + turned.x * nearer + pose.shiftXPx, y: centre.y + turned.y * nearer + pose.shiftYPx, z: turned.z };
      const { follows } = vertex;
      return { x: vertex.x + (to.x - vertex.x) * follows, y: vertex.y + (to.y - vertex.y) * follows, z: follows < 1 ? to.z + away : to.z };
    });
    const out = drawTriangles({ image, vertices, moved, triangles });
    return expose(out, { light, random, face: { ...centre, reach: eyes * 1.6, shiftX: pose.shiftXPx, shiftY: pose.shiftYPx } });
  }

  function flat(pose: HeadPose, light: Light, random: () => number): RgbImage {
    const sheet = gridOf(image);
    const moved = sheet.points.map(({ x, y }) => {
      const turned = turn({ x: x - centre.x, y: y - centre.y, z: 0 }, pose);
      const nearer = (away / (away + turned.z)) * pose.zoom;
      return { x: centre.x + turned.x * nearer + pose.shiftXPx, y: centre.y + turned.y * nearer + pose.shiftYPx, z: turned.z };
    });
    const out = drawTriangles({ image, vertices: sheet.points, moved, triangles: sheet.triangles });
    return expose(out, { light, random, face: { ...centre, reach: eyes * 1.6, shiftX: pose.shiftXPx, shiftY: pose.shiftYPx } });
  }

  return { alive, flat };
}

function verticesOf(image: RgbImage, mesh: FaceMesh, eyes: number): Vertex[] {
  const vertices: Vertex[] = [];
  for (let i = 0; i < meshPointCount; i++) vertices.push({ x: mesh.points[i * 3], y: mesh.points[i * 3 + 1], z: mesh.points[i * 3 + 2], follows: 1 });
  const [x, y] = [(mesh.points[rightEdge * 3] + mesh.points[leftEdge * 3]) / 2, (mesh.points[10 * 3 + 1] + mesh.points[152 * 3 + 1]) / 2];
  const z = mesh.points[rightEdge * 3 + 2];
  const [across, down] = [Math.abs(mesh.points[leftEdge * 3] - mesh.points[rightEdge * 3]) / 2, Math.abs(mesh.points[152 * 3 + 1] - mesh.points[10 * 3 + 1]) / 2];
  // Hair, ears and neck go along less and less; the background stays.
  for (const [scale, follows] of [[1.25, 0.85], [1.6, 0.35], [2, 0]] as const) {
    for (let k = 0; k < 28; k++) {
      const angle = (k * 2 * Math.PI) / 28;
      const point = { x: x + Math.cos(angle) * across * scale, y: y + Math.sin(angle) * down * scale, z: z + eyes * 0.3, follows };
      if (point.x > 2 && point.y > 2 && point.x < image.width - 3 && point.y < image.height - 3) vertices.push(point);
    }
  }
  for (let k = 0; k <= 6; k++) {
    const [along, beside] = [(k * (image.width - 1)) / 6, (k * (image.height - 1)) / 6];
    vertices.push({ x: along, y: 0, z: 0, follows: 0 }, { x: along, y: image.height - 1, z: 0, follows: 0 });
    if (k > 0 && k < 6) vertices.push({ x: 0, y: beside, z: 0, follows: 0 }, { x: image.width - 1, y: beside, z: 0, follows: 0 });
  }
  return vertices;
}

function expression(input: { index: number; vertex: Vertex; mesh: FaceMesh; eyes: number; pose: HeadPose }): { x: number; y: number; z: number } {
  const { index, vertex, mesh, eyes, pose } = input;
  let { x, y, z } = vertex;
  if (index >= meshPointCount) return { x, y, z };
  const { points } = mesh;
  for (const [corner, outwards] of [[rightCorner, -1], [leftCorner, 1]] as const) {
    const squared = ((x - points[corner * 3]) ** 2 + (y - points[corner * 3 + 1]) ** 2) / (eyes * 0.3) ** 2;
    const pull = Math.exp(-squared) * pose.smile * eyes;
    x += outwards * pull * 0.13;
    y -= pull * 0.1;
    z += pull * 0.03;
  }
  for (const [upper, lower] of lids) {
    if (index === upper) {
      x += (points[lower * 3] - points[upper * 3]) * pose.eyesShut * 0.95;
      y += (points[lower * 3 + 1] - points[upper * 3 + 1]) * pose.eyesShut * 0.95;
    }
  }
  return { x, y, z };
}

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

// z is away from the camera; turning to the person's own left brings the picture's right side back.
function turn(point: { x: number; y: number; z: number }, pose: HeadPose): { x: number; y: number; z: number } {
  const [yaw, pitch, roll] = [radians(pose.yawDegrees), radians(pose.pitchDegrees), radians(pose.rollDegrees)];
  const x1 = point.x * Math.cos(yaw) - point.z * Math.sin(yaw);
  const z1 = point.x * Math.sin(yaw) + point.z * Math.cos(yaw);
  const y2 = point.y * Math.cos(pitch) - z1 * Math.sin(pitch);
  const z2 = point.y * Math.sin(pitch) + z1 * Math.cos(pitch);
  return { x: x1 * Math.cos(roll) - y2 * Math.sin(roll), y: x1 * Math.sin(roll) + y2 * Math.cos(roll), z: z2 };
}

function gridOf(image: RgbImage): { points: { x: number; y: number }[]; triangles: Triangle[] } {
  const [columns, rows] = [12, 9];
  const points: { x: number; y: number }[] = [];
  const triangles: Triangle[] = [];
  for (let row = 0; row <= rows; row++) {
    for (let column = 0; column <= columns; column++) {
      points.push({ x: (column * (image.width - 1)) / columns, y: (row * (image.height - 1)) / rows });
      const at = row * (columns + 1) + column;
      if (row < rows && column < columns) triangles.push([at, at + 1, at + columns + 1], [at + 1, at + columns + 2, at + columns + 1]);
    }
  }
  return { points, triangles };
}

/** Draws from far to near, each triangle by the affine map of its corners; what nothing covers keeps the photo. */
function drawTriangles(input: {
  image: RgbImage;
  vertices: readonly Flat[];
  moved: readonly (Flat & { readonly z: number })[];
  triangles: readonly Triangle[];
}): RgbImage & { readonly data: Uint8ClampedArray } {
  const { image, vertices, moved, triangles } = input;
  const out = { data: new Uint8ClampedArray(image.data), width: image.width, height: image.height };
  const depth = ([a, b, c]: Triangle): number => moved[a].z + moved[b].z + moved[c].z;
  const still = (i: number): boolean => Math.abs(moved[i].x - vertices[i].x) + Math.abs(moved[i].y - vertices[i].y) < 1e-6;
  const stirred = triangles.filter((corners) => !corners.every(still));
  for (const corners of stirred.sort((one, other) => depth(other) - depth(one))) {
    const [a, b, c] = corners;
    drawTriangle({ image, out: out.data, from: [vertices[a], vertices[b], vertices[c]], to: [moved[a], moved[b], moved[c]] });
  }
  return out;
}

type Flat = { readonly x: number; readonly y: number };
type Corners = readonly [Flat, Flat, Flat];

function drawTriangle(input: { image: RgbImage; out: Uint8ClampedArray; from: Corners; to: Corners }): void {
  const { image: { data, width, height }, out, from: [a, b, c], to: [A, B, C] } = input;
  const area = (B.x - A.x) * (C.y - A.y) - (C.x - A.x) * (B.y - A.y);
  if (Math.abs(area) < 1e-6) return;
  const right = Math.min(width - 1, Math.ceil(Math.max(A.x, B.x, C.x)));
  const bottom = Math.min(height - 1, Math.ceil(Math.max(A.y, B.y, C.y)));
  const left = Math.max(0, Math.floor(Math.min(A.x, B.x, C.x)));
  // How much of B and of C a pixel is grows by the same amount from one to the next.
  const [stepB, stepC] = [(C.y - A.y) / area, (A.y - B.y) / area];
  for (let y = Math.max(0, Math.floor(Math.min(A.y, B.y, C.y))); y <= bottom; y++) {
    const startB = ((A.x - C.x) * (y - A.y)) / area - A.x * stepB;
    const startC = ((B.x - A.x) * (y - A.y)) / area - A.x * stepC;
    for (let x = left; x <= right; x++) {
      const ofB = startB + x * stepB;
      const ofC = startC + x * stepC;
      if (ofB < -0.001 || ofC < -0.001 || ofB + ofC > 1.001) continue;
      const sourceX = a.x + ofB * (b.x - a.x) + ofC * (c.x - a.x);
      const sourceY = a.y + ofB * (b.y - a.y) + ofC * (c.y - a.y);
      const fromX = Math.min(Math.max(sourceX | 0, 0), width - 2);
      const fromY = Math.min(Math.max(sourceY | 0, 0), height - 2);
      const across = Math.min(Math.max(sourceX - fromX, 0), 1);
      const down = Math.min(Math.max(sourceY - fromY, 0), 1);
      const at = (fromY * width + fromX) * 3;
      const to = (y * width + x) * 3;
      for (let channel = 0; channel < 3; channel++) {
        const p = at + channel;
        const upper = data[p] + (data[p + 3] - data[p]) * across;
        const lower = data[p + width * 3] + (data[p + width * 3 + 3] - data[p + width * 3]) * across;
        out[to + channel] = upper + (lower - upper) * down;
      }
    }
  }
}

// Bell-shaped values, drawn once: reading them from a random place is far cheaper than drawing each anew.
const noiseTable = noiseValues(1 << 16);

function noiseValues(count: number): Float32Array {
  const random = createSeededRandom(20_261_125);
  return Float32Array.from({ length: count }, () => (random() + random() + random() - 1.5) * 2);
}

// How much of the screen's light falls on a place this far from the face, by its squared distance over the face's reach:
// all of it on the face, then exp(1 - squared), none from 6 on. Read from a table, since it is asked for every pixel.
const lightReach = 6;
const lightSteps = 512;
const lightTable = Float32Array.from({ length: lightReach * lightSteps + 1 }, (_, i) => (i < lightSteps ? 1 : Math.exp(1 - (i + 0.5) / lightSteps)));

/** The screen's colour falls on the face, less on what is behind; then gain and noise. */
function expose(
  image: RgbImage & { readonly data: Uint8ClampedArray },
  input: { light: Light; random: () => number; face: { x: number; y: number; reach: number; shiftX: number; shiftY: number } },
): RgbImage {
  const { light: { onFace, behind, gain, noise }, random, face } = input;
  const { data, width, height } = image;
  const [far0, far1, far2] = [gain * (1 + behind[0]), gain * (1 + behind[1]), gain * (1 + behind[2])];
  const [more0, more1, more2] = [gain * (onFace[0] - behind[0]), gain * (onFace[1] - behind[1]), gain * (onFace[2] - behind[2])];
  const away = (at: number, centre: number): number => ((at - centre) / face.reach) ** 2;
  const columns = Float64Array.from({ length: width }, (_, x) => away(x, face.x + face.shiftX));
  let at = 0;
  for (let y = 0; y < height; y++) {
    let noiseAt = Math.floor(random() * noiseTable.length);
    const row = away(y, face.y + face.shiftY);
    for (let x = 0; x < width; x++, at += 3, noiseAt += 3) {
      const squared = columns[x] + row;
      const near = squared < lightReach ? lightTable[(squared * lightSteps) | 0] : 0;
      data[at] = data[at] * (far0 + more0 * near) + noiseTable[(noiseAt + 1) & 0xffff] * noise;
      data[at + 1] = data[at + 1] * (far1 + more1 * near) + noiseTable[(noiseAt + 2) & 0xffff] * noise;
      data[at + 2] = data[at + 2] * (far2 + more2 * near) + noiseTable[(noiseAt + 3) & 0xffff] * noise;
    }
  }
  return image;
}
