// Seven people of the group photos as actors for liveness tests: each a head that can be moved, frames encoded as a
// terminal would. Their motion is synthetic: what it shows is said in docs/liveness.md.
import sharp from 'sharp';
import { createSeededRandom } from '@sonrisa/face/calibrate/seeded-random.ts';
import type { Prompt } from '@sonrisa/face/liveness/challenge.ts';
import { act } from '@sonrisa/face/liveness/testing/acting.ts';
import type { ActorKind } from '@sonrisa/face/liveness/testing/acting.ts';
import { createMovingHead } from '@sonrisa/face/liveness/testing/moving-head.ts';
import type { MovingHead } from '@sonrisa/face/liveness/testing/moving-head.ts';
import { createFacePipeline } from '@sonrisa/face/pipeline.ts';
import type { ModelRunner } from '@sonrisa/face/runner.ts';
import { frameAround, rgbImage } from '../pack/demo-photos.ts';

export type Frames = readonly Uint8Array<ArrayBuffer>[];

/** See `act`, which these go to. */
export interface Script {
  readonly challenge: readonly Prompt[];
  readonly kind: ActorKind;
  readonly seed: number;
  readonly screenLight?: number;
  readonly framesAtMs?: readonly number[];
  readonly wants?: (index: number) => boolean;
}

export interface ActorOnStage {
  readonly name: string;
  /** Frames along the challenge, as `planChallenge` times them; of those that are not wanted, no bytes. */
  perform(script: Script): Promise<Frames>;
  /** Frames to enrol by, from a sandbox terminal. */
  sit(seed: number): Promise<Frames>;
}

// One person stands in two photos; here each is one person.
const places = [
  { name: 'pyr_3a', photo: 3, x: 1189, y: 383, widthPx: 660 },
  { name: 'pyr_3b', photo: 3, x: 691, y: 485, widthPx: 633 },
  { name: 'pyr_3c', photo: 3, x: 1569, y: 459, widthPx: 631 },
  { name: 'pyr_6a', photo: 6, x: 1266, y: 468, widthPx: 660 },
  { name: 'pyr_5a', photo: 5, x: 1204, y: 350, widthPx: 567 },
  { name: 'pyr_2a', photo: 2, x: 1555, y: 295, widthPx: 510 },
  { name: 'pyr_4a', photo: 4, x: 1372, y: 295, widthPx: 482 },
] as const;

const cameraQuality = 90;

export async function peopleInMotion(runner: ModelRunner, count: number = places.length): Promise<ActorOnStage[]> {
  const pipeline = createFacePipeline({ runner });
  const actors: ActorOnStage[] = [];
  for (const place of places.slice(0, count)) {
    const image = await rgbImage(sharp(await frameAround(place.photo, place)));
    const { primary } = await pipeline.look(image);
    if (!primary) throw new Error(`nobody was found at ${place.name}`);
    actors.push(actorOf(place.name, createMovingHead(image, primary.mesh)));
  }
  return actors;
}

function actorOf(name: string, head: MovingHead): ActorOnStage {
  const perform: ActorOnStage['perform'] = async ({ challenge, kind, seed, ...more }) => {
    const frames: Uint8Array<ArrayBuffer>[] = [];
    for (const acted of act({ head, kind, challenge, random: createSeededRandom(seed), ...more })) frames.push(acted ? await encode(acted.image) : new Uint8Array());
    return frames;
  };
  return { name, perform, sit: (seed) => perform({ challenge: ['smile'], kind: 'alive', seed }) };
}

async function encode(image: { data: Uint8Array | Uint8ClampedArray; width: number; height: number }): Promise<Uint8Array<ArrayBuffer>> {
  const { data, width, height } = image;
  const picture = sharp(Buffer.from(data.buffer, data.byteOffset, data.byteLength), { raw: { width, height, channels: 3 } });
  return Uint8Array.from(await picture.jpeg({ quality: cameraQuality }).toBuffer());
}

/** The same picture, compressed anew and moved by a few pixels, as somebody would who knows that bytes are remembered. */
export async function compressAnew(frame: Uint8Array, random: () => number): Promise<Uint8Array<ArrayBuffer>> {
  const margin = Math.floor(random() * 5);
  const quality = 78 + Math.floor(random() * 12);
  const cut = sharp(frame).extract({ left: margin, top: margin, width: 640 - 2 * margin, height: 480 - 2 * margin });
  return Uint8Array.from(await cut.resize(640, 480).jpeg({ quality }).toBuffer());
}
