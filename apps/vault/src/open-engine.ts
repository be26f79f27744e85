// Opens the pack this vault recognises people by, and its threads. What a pack lacks is said before the first shopper comes.
import { fileURLToPath } from 'node:url';
import type { ErrorCurve } from '@sonrisa/face/decide.ts';
import { embeddedPack } from '@sonrisa/face/models/embedded/pack.ts';
import { customSteps } from '@sonrisa/face/models/custom/steps.ts';
import type { CustomProfile } from '@sonrisa/face/models/custom/profile.ts';
import { cropsForSpoof, scoreSpoof } from '@sonrisa/face/spoof.ts';
import { createFaceEngine } from './face-engine.ts';
import type { FaceEngine } from './face-engine.ts';
import { createOrtRunner } from './pack/ort-runner.ts';
import { openPack } from './pack/pack-source.ts';
import type { OpenedPack } from './pack/pack-source.ts';
import { createFacePool } from './pack/worker-pool.ts';
import { PlainError } from './plain-error.ts';

export interface EngineSettings {
  /** 'embedded', or the path of a profile. */
  readonly pack: string;
  readonly cacheDir: string;
  /** The bundled face-worker; default: its source. */
  readonly workerFile?: string | undefined;
  readonly threads: number;
}

/** Throws PlainError: a file is missing or wrong, the pack has no curve, a net does not do what the profile says. */
export async function openEngine(settings: EngineSettings): Promise<FaceEngine> {
  const pack = await openPack({ pack: settings.pack, cacheFolder: settings.cacheDir });
  const facts = pack.profile === null ? embeddedFacts(pack) : await customFacts({ ...pack, profile: pack.profile }, settings.pack);
  const workerFile = settings.workerFile ?? fileURLToPath(new URL('./pack/face-worker.ts', import.meta.url));
  const pool = await createFacePool({ workerFile, files: pack.files, profile: pack.profile, size: settings.threads });
  return createFaceEngine({ pool, dimensions: pack.embeddingLength, workers: settings.threads, ...facts });
}

type Facts = Pick<FaceEngine, 'packId' | 'curve' | 'sameBurstScoreMin' | 'pad'>;

function embeddedFacts(pack: OpenedPack): Facts {
  const { curve, sameBurstScoreMin, conversion } = embeddedPack;
  // A conversion that changes its result makes templates that do not compare with the older ones.
  return { packId: `${pack.id}-${conversion}`, curve, sameBurstScoreMin, pad: null };
}

async function customFacts(pack: OpenedPack & { profile: CustomProfile }, path: string): Promise<Facts> {
  const { id: packId, profile } = pack;
  const curve = usableCurve(pack, path);
  await tryModels(pack);
  // Two frames of one burst are one person's where strangers' photos are mistaken at most once in a hundred times: there the curve begins.
  const sameBurstScoreMin = curve.fmrPoints[0]?.scoreMin ?? 1;
  return { packId, curve, sameBurstScoreMin, pad: profile.spoof ? { scoreMin: profile.spoof.scoreMin } : null };
}

function usableCurve({ id, curves }: OpenedPack, path: string): ErrorCurve {
  const [curve] = curves;
  if (!curve) {
    throw new PlainError(
      `The pack ${id} has no error curve, so nothing says how often it charges the wrong person: measure it with "npm run sonrisa -- face calibrate --data PHOTOS --from custom --pack-profile ${path}" and name the curve file it writes as "curve" in the profile.`,
    );
  }
  return curve;
}

// Every net once, on an empty picture: a wrong size or a wrong kind of net is found now, not at the till.
async function tryModels({ id, files, profile }: OpenedPack & { profile: CustomProfile }): Promise<void> {
  try {
    const runner = await createOrtRunner(files);
    try {
      const steps = customSteps(profile);
      const side = 320;
      const grey = { width: side, height: side, data: new Uint8Array(3 * side * side).fill(127) };
      await steps.detect(runner, grey, { quick: false });
      await steps.embed(runner, { side: 112, data: Float32Array.from({ length: 3 * 112 * 112 }, (_, i) => i % 251) });
      const box = { x: 100, y: 80, width: 120, height: 160, score: 1, keyPoints: [] };
      await scoreSpoof(runner, cropsForSpoof(grey, box, steps.spoofNets), steps.spoofNets);
    } finally {
      await runner.close();
    }
  } catch (error) {
    throw new PlainError(`The pack ${id} does not work as its profile says: ${error instanceof Error ? error.message : 'unknown reason'}.`, { cause: error });
  }
}
