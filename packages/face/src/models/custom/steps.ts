// The steps of a pack that an operator's profile describes: YuNet's five points, an ArcFace-style cut-out, and the
// recogniser's own normalisation. The face mesh stays the embedded pack's: pose, smile and quality need it.
import { arcFaceTemplate, mirrorChip, similarity } from '../../align.ts';
import type { AlignedChip } from '../../align.ts';
import { detectFacesYunet } from '../../detect-yunet.ts';
import { normalise } from '../../embed.ts';
import type { Embedding } from '../../embed.ts';
import { plainPictures } from '../../image.ts';
import type { PackSteps } from '../../pack-steps.ts';
import type { ModelRunner } from '../../runner.ts';
import type { CustomProfile } from './profile.ts';

type Recogniser = CustomProfile['recogniser'];

export function customSteps({ detector, recogniser, spoof }: CustomProfile): PackSteps {
  return {
    spoofNets: spoof?.nets ?? [],
    detect: (runner, image) => detectFacesYunet(runner, image, detector),
    align({ pictures = plainPictures }, image, { box }) {
      if (!box.fivePoints) throw new Error('this pack aligns by five landmarks: its detector gave none');
      const { side, points } = arcFaceTemplate;
      const toSource = similarity({ from: points, to: box.fivePoints });
      return { side, data: pictures.warp(image, { toSource, width: side, height: side, layout: 'chw', scale: 1, bias: 0 }) };
    },
    async embed(runner, chip) {
      const mirrored = mirrorChip(chip);
      const sum = await embedOnce(runner, chip, recogniser);
      const other = await embedOnce(runner, mirrored, recogniser);
      mirrored.data.fill(0);
      return normalise(sum.map((value, i) => value + other[i]));
    },
    async embedPlain(runner, chips) {
      const embeddings: Embedding[] = [];
      for (const chip of chips) embeddings.push(await embedOnce(runner, chip, recogniser));
      return embeddings;
    },
    followsMesh: false,
  };
}

// One picture a call: many exported files are fixed to a batch of one.
async function embedOnce(runner: ModelRunner, chip: AlignedChip, recogniser: Recogniser): Promise<Embedding> {
  const { channels, mean, deviation, embeddingLength } = recogniser;
  const plane = chip.side * chip.side;
  const data = new Float32Array(3 * plane);
  for (let channel = 0; channel < 3; channel++) {
    const from = (channels === 'rgb' ? channel : 2 - channel) * plane;
    for (let i = 0; i < plane; i++) data[channel * plane + i] = (chip.data[from + i] - mean[channel]) / deviation[channel];
  }
  const outputs = await runner.run('recogniser', { data, dims: [1, 3, chip.side, chip.side] });
  data.fill(0);
  const [output] = Object.values(outputs);
  if (output?.data.length !== embeddingLength) throw new Error(`the recogniser gave ${output?.data.length ?? 0} values, its profile says ${embeddingLength}`);
  return normalise(Float32Array.from(output.data));
}
