// What differs between packs on the way from a picture to an embedding; the pipeline is the same for all.
import { alignChip } from './align.ts';
import type { AlignedChip } from './align.ts';
import { defaultDetectOptions, detectFaces } from './detect.ts';
import type { FaceBox } from './detect.ts';
import { embedChip, embedPlainChips } from './embed.ts';
import type { Embedding } from './embed.ts';
import type { RgbImage } from './image.ts';
import type { FaceMesh } from './mesh.ts';
import type { ModelRunner } from './runner.ts';
import type { SpoofNet } from './spoof.ts';

export interface PackSteps {
  /** All faces, the biggest first. `quick`: those less than half as big as the biggest may be missed. */
  detect(runner: ModelRunner, image: RgbImage, options: { readonly quick: boolean }): Promise<FaceBox[]>;
  align(runner: ModelRunner, image: RgbImage, face: { readonly box: FaceBox; readonly mesh: FaceMesh }): AlignedChip;
  /** Unit length. */
  embed(runner: ModelRunner, chip: AlignedChip): Promise<Embedding>;
  /** Unit length each, in order; without what makes an embedding fit to be searched with: see `embedPlainChips`. */
  embedPlain(runner: ModelRunner, chips: readonly AlignedChip[]): Promise<Embedding[]>;
  /** Chips come from the mesh alone and no net wants the detector's box: a face may be followed by its mesh (track.ts). */
  readonly followsMesh: boolean;
  /** In the order of `spoofModelNames`; none: the pack cannot tell a face from its picture. */
  readonly spoofNets: readonly SpoofNet[];
}

/** BlazeFace, dlib's chip from mesh points, dlib's ResNet. */
export const embeddedSteps: PackSteps = {
  detect: (runner, image, { quick }) => detectFaces(runner, image, { ...defaultDetectOptions, quick }),
  align: ({ pictures }, image, { mesh }) => alignChip(image, mesh, pictures),
  embed: embedChip,
  embedPlain: embedPlainChips,
  followsMesh: true,
  // The nets in its packages do not separate live faces from prints and screens (measured): see models/embedded/pack.ts.
  spoofNets: [],
};
