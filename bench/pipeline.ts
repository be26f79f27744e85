// What a face costs: each stage of one 640×480 frame, the whole frame, a burst of eight, and the `human` library on the
// same frames. Everything is measured in turns within one run, so that a busy machine is busy for all.
import sharp from 'sharp';
import { fileURLToPath } from 'node:url';
import { alignChip } from '@sonrisa/face/align.ts';
import { detectFaces } from '@sonrisa/face/detect.ts';
import { embedChip } from '@sonrisa/face/embed.ts';
import { traceMesh } from '@sonrisa/face/mesh.ts';
import { createFacePipeline } from '@sonrisa/face/pipeline.ts';
import type { FacePipeline } from '@sonrisa/face/pipeline.ts';
import { measureFace } from '@sonrisa/face/quality.ts';
import type { ModelRunner } from '@sonrisa/face/runner.ts';
import { measureSmile } from '@sonrisa/face/smile.ts';
import { analyseJob } from '@sonrisa/vault/pack/burst.ts';
import { decodeFrame } from '@sonrisa/vault/pack/decode.ts';
import { frameAround } from '@sonrisa/vault/pack/demo-photos.ts';
import { loadPack } from '@sonrisa/vault/pack/load-pack.ts';
import { createPackRunner } from '@sonrisa/vault/pack/pack-runner.ts';
import type { RgbImage } from '@sonrisa/face/image.ts';
import { openHuman } from './human.ts';
import type { Comparison } from './human.ts';
import { capturesPerSecondRows, createWholeCapture } from './whole-capture.ts';
import type { WholeCapture } from './whole-capture.ts';
import { machineFacts, writeSection } from './results.ts';
import type { ResultRow } from './results.ts';
import { createStopwatch } from './stopwatch.ts';
import type { Stopwatch } from './stopwatch.ts';

const rounds = 15;
const burstFrames = 8;
const burstEmbedMax = 3;
const stages = ['decode', 'detect', 'mesh', 'align', 'quality', 'embed'] as const;

export interface PipelineBenchOptions {
  /** Measured elsewhere (capture to paid, over HTTP) and shown in the same table. */
  readonly extraRows?: () => Promise<readonly ResultRow[]>;
}

export async function runPipelineBench(options: PipelineBenchOptions = {}): Promise<void> {
  const cacheFolder = fileURLToPath(new URL('../.cache/packs', import.meta.url));
  const { files } = await loadPack({ cacheFolder });
  const runner = await createPackRunner(files);
  // One thread each: the vault's workers do the same.
  sharp.concurrency(1);
  const pipeline = createFacePipeline({ runner });
  const human = await openHuman('description');
  const humanFace = await openHuman('face');
  const humanShipped = await openHuman('shipped');
  const frames = await oneFaceFrames(pipeline);
  const capture = await createWholeCapture(files);
  const watch = createStopwatch();
  const measuring = { runner, pipeline, human, humanFace, humanShipped, frames, capture };
  await measureAll({ ...measuring, watch: createStopwatch(), rounds: 1 });
  await measureAll({ ...measuring, watch, rounds });
  await runner.close();
  await capture.close();
  const captures = [...capture.rows(watch), ...(await capturesPerSecondRows(files))];
  const extra = (await options.extraRows?.()) ?? [];
  const text = explanation({ frameCount: frames.length, humanVersion: human.version, ownNets: runner.ownNets });
  console.log(writeSection({ title: 'Pipeline', text, rows: [...resultRows(watch), ...captures, ...extra] }));
}

const stageRounds = 8;

/** Only the stages, the whole frame and `human`: a minute, printed and not written down. */
export async function runStageBench(): Promise<void> {
  const { files } = await loadPack({ cacheFolder: fileURLToPath(new URL('../.cache/packs', import.meta.url)) });
  const runner = await createPackRunner(files);
  sharp.concurrency(1);
  const pipeline = createFacePipeline({ runner });
  const human = await openHuman('description');
  const frames = await oneFaceFrames(pipeline);
  const run = async (watch: Stopwatch, rounds: number): Promise<void> => {
    for (let round = 0; round < rounds; round++) await measureFrames({ watch, runner, pipeline, libraries: { human }, frames });
  };
  await run(createStopwatch(), 1);
  const watch = createStopwatch();
  await run(watch, stageRounds);
  await runner.close();
  console.log(`${machineFacts()} On our own kernels: ${runner.ownNets.join(', ') || 'none'}.`);
  for (const name of [...stages, 'frame', 'first frame', 'human']) console.log(`${name.padEnd(11)} ${watch.cpuMs(name)?.toFixed(1)} ms of CPU`);
  console.log(`human / frame: ${times(watch, 'human')}`);
}

interface Frame {
  readonly jpeg: Buffer;
  readonly image: RgbImage;
}

// Places in the group photos where a 640×480 cut-out shows one face.
const places = [
  { photo: 3, x: 690, y: 485, widthPx: 640 },
  { photo: 3, x: 1190, y: 390, widthPx: 640 },
  { photo: 4, x: 320, y: 335, widthPx: 480 },
  { photo: 6, x: 330, y: 645, widthPx: 560 },
  { photo: 5, x: 1520, y: 545, widthPx: 600 },
];

async function oneFaceFrames(pipeline: FacePipeline): Promise<Frame[]> {
  const frames: Frame[] = [];
  for (const { photo, ...place } of places) {
    const jpeg = await frameAround(photo, place);
    const decoded = await decodeFrame(jpeg);
    if (!decoded.ok) throw new Error(decoded.refusal);
    const { faces, problem } = await pipeline.look(decoded.image);
    if (faces.length !== 1 || problem) throw new Error(`photo ${photo} at ${place.x}: ${faces.length} faces, ${problem ?? 'usable'}`);
    frames.push({ jpeg, image: decoded.image });
  }
  return frames;
}

interface Measuring {
  readonly watch: Stopwatch;
  readonly runner: ModelRunner;
  readonly pipeline: FacePipeline;
  readonly human: Comparison;
  readonly humanFace: Comparison;
  readonly humanShipped: Comparison;
  readonly frames: readonly Frame[];
  readonly capture: WholeCapture;
  readonly rounds: number;
}

async function measureAll({ watch, runner, pipeline, human, humanFace, humanShipped, frames, capture, rounds }: Measuring): Promise<void> {
  const libraries = { human, 'human, default face models': humanFace, 'human, as shipped': humanShipped };
  for (let round = 0; round < rounds; round++) {
    await measureFrames({ watch, runner, pipeline, libraries, frames });
    const burst = Array.from({ length: burstFrames }, (_, i) => frames[(round + i) % frames.length]?.jpeg ?? Buffer.alloc(0));
    await watch.measure('burst', () => analyseJob(pipeline, { frames: burst, embedMax: burstEmbedMax }));
    await capture.measure(watch);
  }
}

// Each contestant takes all frames in a row, as it would in a process of its own: taken in turns frame by frame, everyone
// found the caches full of the others' weights.
async function measureFrames(options: {
  readonly watch: Stopwatch;
  readonly runner: ModelRunner;
  readonly pipeline: FacePipeline;
  readonly libraries: Readonly<Record<string, Comparison>>;
  readonly frames: readonly Frame[];
}): Promise<void> {
  const { watch, runner, pipeline, libraries, frames } = options;
  await settled();
  for (const frame of frames) await measureStages(watch, runner, frame);
  await settled();
  const analyse = ({ jpeg }: Frame): Promise<unknown> => analyseJob(pipeline, { frames: [jpeg], embedMax: 1 });
  const [first, ...rest] = frames as [Frame, ...Frame[]];
  await watch.measure('first frame', () => analyse(first));
  for (const frame of [...rest, first]) await watch.measure('frame', () => analyse(frame));
  for (const [name, library] of Object.entries(libraries)) {
    await settled();
    await library.detect(first.image);
    for (const { image } of [...rest, first]) {
      const found = await watch.measure(name, () => library.detect(image));
      if (found !== 1) throw new Error(`the human library found ${found} faces where there is one`);
    }
  }
}

// What one contestant leaves running (collection of its garbage) must not be billed to the next: after 40 ms it still put
// 7 ms on the next decoding when the machine was busy.
const settleMs = 250;

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, settleMs));

async function measureStages(watch: Stopwatch, runner: ModelRunner, { jpeg }: Frame): Promise<void> {
  const decoded = await watch.measure('decode', () => decodeFrame(jpeg));
  if (!decoded.ok) throw new Error(decoded.refusal);
  const { image } = decoded;
  const [box] = await watch.measure('detect', () => detectFaces(runner, image));
  if (!box) throw new Error('a frame without a face');
  const mesh = await watch.measure('mesh', () => traceMesh(runner, image, box));
  const chip = await watch.measure('align', () => alignChip(image, mesh, runner.pictures));
  await watch.measure('quality', () => [measureFace(image, mesh, chip), measureSmile(mesh)]);
  await watch.measure('embed', () => embedChip(runner, chip));
}

const times = (watch: Stopwatch, name: string): string => ((watch.cpuMs(name) ?? 0) / (watch.cpuMs('frame') ?? 1)).toFixed(1);

function resultRows(watch: Stopwatch): ResultRow[] {
  const row = (what: string, name: string, note?: string): ResultRow => ({
    what,
    cpuMs: watch.cpuMs(name),
    wallMs: watch.wallMs(name),
    ...(note === undefined ? {} : { note }),
  });
  const human = (what: string, name: string): ResultRow => row(what, name, `${times(watch, name)} × the CPU of our whole frame; wanted: 10 ×`);
  return [
    ...stages.map((stage) => row(`stage: ${stage}`, stage, stage === 'embed' ? 'crop and mirror image' : '')),
    row('one frame, decode to embedding', 'frame', 'limit 35 ms'),
    row('the first frame after a pause', 'first frame', `${settleMs} ms of rest, after other work`),
    row(`burst of ${burstFrames} frames, best ${burstEmbedMax} embedded`, 'burst'),
    human('`human`: detector, mesh, description; without decoding', 'human'),
    human('`human`: its default face models (iris and emotion too); without decoding', 'human, default face models'),
    human('`human`: its whole default configuration (bodies and hands too); without decoding', 'human, as shipped'),
  ];
}

function explanation(facts: { frameCount: number; humanVersion: string; ownNets: readonly string[] }): string {
  const { frameCount, humanVersion, ownNets } = facts;
  const byKernels = ownNets.length > 0 ? ownNets.join(' and ') : 'no model';
  return (
    `${frameCount} one-face frames of 640×480 (JPEG) cut from the group photos in @vladmandic/face-api, ${rounds} rounds after one to warm up; ` +
    `each round measures our stages, our whole frame and \`human\` ${humanVersion} (wasm), each on all frames in a row after one to warm up. ` +
    'CPU is that of all threads of the process; models run on one thread. ' +
    'Whole captures are analysed by a pool of one worker, as in the vault, and judged, searched for and decided on the main thread. ' +
    `Measured to be faster on our own kernels than on onnxruntime here, and so run by them: ${byKernels}.`
  );
}
