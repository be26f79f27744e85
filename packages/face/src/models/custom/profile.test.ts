import { describe, expect, it } from 'vitest';
import { createScriptedRunner } from '../../testing/scripted-runner.ts';
import { readCustomProfile } from './profile.ts';
import type { CustomProfile } from './profile.ts';
import { customSteps } from './steps.ts';

const file = { file: 'a.onnx', sha256: 'ab'.repeat(32), origin: 'somewhere', licence: 'MIT' };
const profile: CustomProfile = {
  profileVersion: 1,
  id: 'mine',
  detector: { ...file, kind: 'yunet', inputSide: 320, scoreMin: 0.6, overlapMax: 0.3 },
  recogniser: { ...file, alignment: 'arcface-112', channels: 'rgb', mean: [10, 20, 30], deviation: [1, 2, 4], embeddingLength: 16 },
  spoof: { scoreMin: 0.5, nets: [{ ...file, side: 80, cropScale: 2.7, crop: 'inside', channels: 'bgr', inputScale: 1, classes: 3, realIndex: 1 }] },
};

describe('readCustomProfile', () => {
  it('takes a whole one', () => {
    expect(readCustomProfile(JSON.parse(JSON.stringify(profile)))).toEqual({ ok: true, profile });
  });

  const { detector, recogniser, spoof } = profile;
  const withNet = (change: object): unknown => ({ ...profile, spoof: { ...spoof, nets: [{ ...spoof?.nets[0], ...change }] } });
  it.each<[string, unknown]>([
    ['not a JSON object', 'x'],
    ['profileVersion', { ...profile, profileVersion: 2 }],
    ['id is not', { ...profile, id: 'My Pack' }],
    ['id "embedded"', { ...profile, id: 'embedded' }],
    ['curve is not', { ...profile, curve: 3 }],
    ['detector is missing', { ...profile, detector: undefined }],
    ['detector.kind', { ...profile, detector: { ...detector, kind: 'mtcnn' } }],
    ['detector.inputSide', { ...profile, detector: { ...detector, inputSide: 300 } }],
    ['detector.scoreMin', { ...profile, detector: { ...detector, scoreMin: 1 } }],
    ['detector.sha256', { ...profile, detector: { ...detector, sha256: 'AB'.repeat(32) } }],
    ['recogniser.alignment', { ...profile, recogniser: { ...recogniser, alignment: 'dlib' } }],
    ['recogniser.channels', { ...profile, recogniser: { ...recogniser, channels: 'yuv' } }],
    ['recogniser.mean', { ...profile, recogniser: { ...recogniser, mean: [1, 2] } }],
    ['recogniser.deviation', { ...profile, recogniser: { ...recogniser, deviation: [1, 0, 1] } }],
    ['recogniser.embeddingLength', { ...profile, recogniser: { ...recogniser, embeddingLength: 8 } }],
    ['spoof.scoreMin', { ...profile, spoof: { ...spoof, scoreMin: 0 } }],
    ['spoof.nets', { ...profile, spoof: { ...spoof, nets: [] } }],
    ['spoof.nets', { ...profile, spoof: { ...spoof, nets: Array.from({ length: 5 }, () => spoof?.nets[0]) } }],
    ['spoof.nets[0].side', withNet({ side: 8 })],
    ['spoof.nets[0].cropScale', withNet({ cropScale: 0.5 })],
    ['spoof.nets[0].crop', withNet({ crop: 'tight' })],
    ['spoof.nets[0].channels', withNet({ channels: 'grey' })],
    ['spoof.nets[0].inputScale', withNet({ inputScale: 0 })],
    ['spoof.nets[0].classes', withNet({ classes: 1 })],
    ['spoof.nets[0].realIndex', withNet({ realIndex: 3 })],
    ['spoof.nets[0].sha256', withNet({ sha256: 'short' })],
    ['recogniser.licence', { ...profile, recogniser: { ...recogniser, licence: '' } }],
  ])('refuses: %s', (problem, json) => {
    const reading = readCustomProfile(json);
    expect(reading.ok ? 'read' : reading.problem).toContain(problem);
  });
});

describe('customSteps', () => {
  const chip = { side: 112, data: Float32Array.from({ length: 3 * 112 * 112 }, (_, i) => Math.floor(i / (112 * 112)) * 100 + (i % 112 === 0 ? 50 : 0)) };
  const embedWith = async (recogniser: CustomProfile['recogniser'], length = 16) => {
    const inputs: number[][] = [];
    const runner = createScriptedRunner({
      recogniser: ({ data }) => {
        // Channels' second pixels, then the two ends of the first row.
        inputs.push([data[1], data[112 * 112 + 1], data[2 * 112 * 112 + 1], data[0], data[111]]);
        return { out: { dims: [1, length], data: new Float32Array(length).fill(inputs.length) } };
      },
    });
    const embedding = await customSteps({ ...profile, recogniser }).embed(runner, chip);
    return { inputs, embedding };
  };

  it('normalises by channel, looks also at the mirror image, gives unit length', async () => {
    const { inputs, embedding } = await embedWith(profile.recogniser);
    expect(inputs).toEqual([
      [-10, 40, 42.5, 40, -10],
      [-10, 40, 42.5, -10, 40],
    ]);
    expect(Math.hypot(...embedding)).toBeCloseTo(1, 6);
  });

  it('turns the channels round when the net wants blue first', async () => {
    const { inputs } = await embedWith({ ...profile.recogniser, channels: 'bgr', mean: [0, 0, 0], deviation: [1, 1, 1] });
    expect(inputs[0].slice(0, 3)).toEqual([200, 100, 0]);
  });

  it('refuses an embedding of another length than the profile says', async () => {
    await expect(embedWith(profile.recogniser, 512)).rejects.toThrow('512');
  });
});
