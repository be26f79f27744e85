// What an attacker holds before a till's camera, as clips for the fake one: nobody knows the challenge before, so each clip
// answers one that was guessed. Motion of people is synthetic; photos of a print and of a screen are real ones, where they are.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { repositoryRoot } from '../../apps/cli/src/repository.ts';
import type { ActorOnStage, Frames, Script } from '../../apps/vault/src/testing/people-in-motion.ts';
import { createSeededRandom } from '@sonrisa/face/calibrate/seeded-random.ts';
import { chooseChallenge, planChallenge } from '@sonrisa/face/liveness/challenge.ts';
import { cameraHeight, cameraWidth, framesPerSecond } from './camera.ts';

export const pageAttacks = ['print', 'screen', 'still', 'replayed', 'spliced', 'stale'] as const;
export type PageAttack = (typeof pageAttacks)[number];

/** Photos of a print and of a screen with a face on them (Silent-Face-Anti-Spoofing); not part of the project. */
const spoofFolder = join(repositoryRoot(), '../shared/faces/spoof');
const spoofPhotos = { print: join(spoofFolder, 'image_F1.jpg'), screen: join(spoofFolder, 'image_F2.jpg') };

export const canPlay = (kind: PageAttack): boolean => (kind !== 'print' && kind !== 'screen') || existsSync(spoofPhotos[kind]);

/** At rest before the guessed challenge, so that the till finds a face that holds still. */
const leadMs = 1500;

/** A stale capture is a good recording that is delivered late: the same clip as a replayed one. */
export async function clipOf(kind: PageAttack, seed: number, actors: readonly ActorOnStage[]): Promise<Frames> {
  const random = createSeededRandom(seed * 31 + 7);
  if (kind === 'print' || kind === 'screen') return heldPhoto(spoofPhotos[kind], random);
  const script = scriptOf(seed, kind === 'still' ? 'flat' : 'alive', random);
  const actor = actors[seed % actors.length] ?? actors[0]!;
  if (kind !== 'spliced') return actor.perform(script);
  const other = actors[(seed + 1 + Math.floor(random() * (actors.length - 1))) % actors.length] ?? actors[0]!;
  const cut = Math.floor(random() * script.framesAtMs.length);
  const ofOther = [(i: number) => i >= cut, (i: number) => Math.floor(i / framesPerSecond) % 2 === 1, (i: number) => i % 3 === 0][seed % 3]!;
  const one = await actor.perform({ ...script, wants: (i) => !ofOther(i) });
  const two = await other.perform({ ...script, seed: script.seed + 1, wants: ofOther });
  return one.map((frame, i) => (ofOther(i) ? (two[i] ?? frame) : frame));
}

function scriptOf(seed: number, kind: Script['kind'], random: () => number): Script & { framesAtMs: readonly number[] } {
  const challenge = chooseChallenge({ randomBelow: (n) => Math.floor(random() * n) }) ?? ['smile'];
  const stepMs = 1000 / framesPerSecond;
  const count = Math.ceil((leadMs + planChallenge(challenge).endsAtMs) / stepMs);
  return { challenge, kind, seed: 500_000 + seed * 2, framesAtMs: Array.from({ length: count }, (_, i) => i * stepMs - leadMs) };
}

/** Longer than a capture: a frame that comes again is known by its bytes, and nothing else would be tried. */
const clipSeconds = 9;
/** The photo is drawn this much larger than the frame, so that it can be moved. */
const marginPx = 24;

/** A photo of the print or screen, held by a hand: it sways by a few pixels and its light changes a little. */
async function heldPhoto(file: string, random: () => number): Promise<Frames> {
  const size = { width: cameraWidth + 2 * marginPx, height: cameraHeight + 2 * marginPx };
  const photo = await sharp(file).rotate().resize({ ...size, fit: 'contain', background: '#787878' }).removeAlpha().png().toBuffer();
  const [swayMs, drift] = [900 + 900 * random(), 3 + 6 * random()];
  const frames: Uint8Array<ArrayBuffer>[] = [];
  for (let i = 0; i < clipSeconds * framesPerSecond; i++) {
    const angle = (i * 1000 * 2 * Math.PI) / framesPerSecond / swayMs;
    const [left, top] = [Math.round(marginPx + drift * Math.sin(angle) + random()), Math.round(marginPx + drift * Math.cos(angle * 0.7) + random())];
    const frame = sharp(photo).extract({ left, top, width: cameraWidth, height: cameraHeight }).modulate({ brightness: 0.98 + 0.04 * random() });
    frames.push(Uint8Array.from(await frame.jpeg({ quality: 90 }).toBuffer()));
  }
  return frames;
}
