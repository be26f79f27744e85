// The pack that needs no download: nets that ship inside two npm packages, converted to ONNX on first start.
import { dlibTemplate } from '../../align.ts';
import type { AlignmentTemplate } from '../../align.ts';
import type { ErrorCurve } from '../../decide.ts';
import type { CoreModelName } from '../../runner.ts';
import { convertDlibResNet } from '../convert/dlib.ts';
import type { WeightsManifest } from '../convert/dlib.ts';
import { convertGraphModel } from '../convert/tfjs.ts';
import type { GraphModel } from '../convert/tfjs.ts';
import { embeddedCalibratedCurve } from './calibrated-curve.ts';

export interface WeightFile {
  /** npm package and path inside it. */
  readonly source: string;
  readonly origin: string;
  readonly licence: string;
}

export interface PackModel {
  readonly title: string;
  /** The structure file first, then the weights. */
  readonly files: readonly [WeightFile, WeightFile];
}

export interface PackProfile {
  readonly id: string;
  /** Goes up when a conversion or the alignment changes its result: cached files are made anew, templates wait for a new look. */
  readonly conversion: number;
  readonly models: Record<CoreModelName, PackModel>;
  readonly embeddingLength: number;
  readonly alignment: AlignmentTemplate;
  /** How bytes become the recogniser's input, in words; the converted file does it itself. */
  readonly normalisation: string;
  readonly curve: ErrorCurve;
  /** Score two frames of one burst must reach to count as one person; see `sameFaceThroughout`. */
  readonly sameBurstScoreMin: number;
  /** A net that tells live faces from pictures, or why there is none. */
  readonly passiveSpoof: { readonly model: null; readonly reason: string };
}

const mediapipe = (file: string): WeightFile => ({
  source: `@vladmandic/human/models/${file}`,
  origin: 'Google MediaPipe, converted to TensorFlow.js by V. Mandic',
  licence: 'Apache-2.0 (weights), MIT (package)',
});

const dlib = (file: string): WeightFile => ({
  source: `@vladmandic/face-api/model/${file}`,
  origin: 'dlib_face_recognition_resnet_model_v1 by D. King, quantised to 8 bit by V. Mühler',
  licence: 'CC0-1.0 (weights), MIT (package)',
});

export const embeddedPack: PackProfile = {
  id: 'embedded',
  conversion: 3,
  models: {
    detector: { title: 'BlazeFace, up to 256×256', files: [mediapipe('blazeface.json'), mediapipe('blazeface.bin')] },
    mesh: { title: 'Face Mesh, 468 points, 192×192', files: [mediapipe('facemesh.json'), mediapipe('facemesh.bin')] },
    recogniser: {
      title: 'dlib ResNet, 150×150 → 128',
      files: [dlib('face_recognition_model-weights_manifest.json'), dlib('face_recognition_model.bin')],
    },
  },
  embeddingLength: 128,
  alignment: dlibTemplate,
  normalisation: 'RGB 0..255 minus (122.782, 117.001, 104.298), divided by 255',
  curve: embeddedCalibratedCurve(),
  sameBurstScoreMin: 0.911,
  passiveSpoof: {
    model: null,
    reason: 'the anti-spoof and liveness nets in these packages do not tell live faces from prints and screens (measured)',
  },
};

/** All ONNX files of the pack. `readSource` is asked for each `source` above. */
export function buildEmbeddedModels(readSource: (source: string) => Uint8Array): Record<CoreModelName, Uint8Array> {
  const { detector, mesh, recogniser } = embeddedPack.models;
  const json = (file: WeightFile): unknown => JSON.parse(new TextDecoder().decode(readSource(file.source)));
  const graphModel = ({ files: [structure, weights] }: PackModel, anySize: boolean): Uint8Array =>
    convertGraphModel(json(structure) as GraphModel, readSource(weights.source), { anySize });
  return {
    detector: graphModel(detector, true),
    mesh: graphModel(mesh, false),
    recogniser: convertDlibResNet(json(recogniser.files[0]) as WeightsManifest, readSource(recogniser.files[1].source)),
  };
}
