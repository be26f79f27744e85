// Puts a vault together from its adapters: everything behind the HTTP surface, without a port or a process.
import type { FastifyBaseLogger } from 'fastify';
import { apartMin } from '@sonrisa/face/decide.ts';
import { createFlatIndex } from '@sonrisa/face/index/flat/flat.ts';
import type { Clock, Random, Schedule } from './adapters/system.ts';
import { buildApp } from './app.ts';
import { createCaptures } from './captures.ts';
import { createConfirm } from './confirm.ts';
import type { Confirm } from './confirm.ts';
import type { Database } from './db/database.ts';
import { createEnroller } from './enrol.ts';
import type { FaceEngine } from './face-engine.ts';
import { createFaces } from './faces.ts';
import { createFrameMarks } from './frame-marks.ts';
import { createGallery } from './gallery.ts';
import type { Gallery } from './gallery.ts';
import type { VaultKeyRing } from './keys.ts';
import { createLiveness } from './liveness.ts';
import type { Liveness } from './liveness.ts';
import { createLoading } from './loading.ts';
import { createLooks } from './looks.ts';
import { createMatcher } from './match.ts';
import { PlainError } from './plain-error.ts';
import { createProbes } from './probes.ts';
import { openCurrentKeys } from './rekey/current-key.ts';
import { createDestroyTemplates } from './rekey/destroy.ts';
import { createRekeying } from './rekey/rekey.ts';
import { createReceipts } from './receipts.ts';
import { createSamePerson } from './same-person.ts';
import { createRegulars, noRegulars } from './regulars.ts';
import { createCaptureOpener } from './sealed.ts';
import { createPeopleSearch } from './search/people-search.ts';
import type { OpenShardScans } from './search/people-search.ts';
import { createVerify } from './verify.ts';
import { createWaiting } from './waiting.ts';

export interface VaultDeps {
  readonly db: Database;
  readonly engine: FaceEngine;
  readonly keys: VaultKeyRing;
  readonly log: FastifyBaseLogger;
  readonly clock: Clock;
  readonly random: Random;
  readonly schedule: Schedule;
  readonly mode: 'sandbox' | 'production';
  readonly secret: string;
  readonly budget: number;
  /** Whether it keeps who was recognised where, and searches among them first. */
  readonly keepsRegulars: boolean;
  readonly search: { readonly openScans: OpenShardScans; readonly threads: number; readonly peopleMax: number };
  /** Stand in for the real ones in tests that show what these are there for. */
  readonly confirm?: Confirm;
  readonly liveness?: Liveness;
  readonly wrapGallery?: (gallery: Gallery) => Gallery;
}

export type Vault = Awaited<ReturnType<typeof createVault>>;

/** Answers `vault_unavailable` until `load` is done. Throws PlainError when the keys belong to another database. */
export async function createVault(deps: VaultDeps) {
  const { db, engine, keys, log, clock, random, schedule, budget } = deps;
  const { templateKeys } = keys;
  await refuseForeignKeys(deps);
  await openCurrentKeys({ db, templateKeys });
  const onDamaged = (payerRef: string): void => log.error({ payerRef }, 'a template record is damaged and was left out');
  const faces = createFaces({ keys: templateKeys, packId: engine.packId, onDamaged });
  const { openScans, threads, peopleMax } = deps.search;
  const memory = createFlatIndex({ dimensions: engine.dimensions, capacity: peopleMax, shardCount: threads });
  const scans = await openScans(memory.shards);
  const onLeftOut = (payerRef: string, err: unknown): void => log.error({ payerRef, err }, 'a face was left out of the gallery');
  const index = createPeopleSearch({ index: memory, scans });
  const gallery = (deps.wrapGallery ?? same)(createGallery({ db, faces, index, onLeftOut }));
  const loading = createLoading({ gallery, clock, log, countPeople: async () => (await faces.counts(db)).faces });
  const waiting = createWaiting({ clock, count: () => faces.waitingForNewLook(db) });
  const { hideLastFour } = keys;
  const looks = createLooks({ db, clock, random, mode: deps.mode, hideLastFour });
  const probes = createProbes({ clock, schedule });
  const receipts = createReceipts({ signing: keys.receiptSigning, clock, random, packId: engine.packId, curveId: engine.curve.id });
  const confirm = deps.confirm ?? createConfirm({ db, faces, apartMin: apartMin(engine.curve) });
  const onError = (err: unknown): void => log.warn({ err }, 'a regular was not remembered');
  const regulars = deps.keepsRegulars ? createRegulars({ db, clock, onError }) : noRegulars;
  const matcher = createMatcher({ db, faces, gallery, looks, probes, receipts, regulars, confirm, curve: engine.curve, budget, hideLastFour });
  const enroller = createEnroller({ db, faces, gallery, samePerson: createSamePerson({ confirm, curve: engine.curve }), curve: engine.curve, clock });
  const verify = createVerify({ looks, receipts, confirm, curve: engine.curve, faceState: (payerRef) => faces.stateOf(db, payerRef) });
  const opener = createCaptureOpener({ unsealing: keys.unsealing, looks, clock, mode: deps.mode });
  const marks = createFrameMarks({ db, clock, markFrame: keys.markFrame });
  const liveness = deps.liveness ?? createLiveness({ marks, clock, sameFaceScoreMin: engine.sameBurstScoreMin, log });
  const captures = createCaptures({ opener, engine, matcher, enroller, verify, liveness });
  const stats = async () => ({
    packId: engine.packId,
    curveId: engine.curve.id,
    ...(await faces.counts(db)),
    waitingForNewLook: await waiting.count(),
    budget,
    workers: engine.workers,
  });
  const checkHealth = async () => {
    await db.rows('SELECT 1');
    loading.refuseUnlessDone();
    return { packId: engine.packId, waitingForNewLook: await waiting.count() };
  };
  const rekeying = createRekeying({ db, templateKeys, clock, log });
  const destroyTemplates = createDestroyTemplates({ db, templateKeys, gallery, clock });
  const faceState = (payerRef: string) => faces.stateOf(db, payerRef);
  const lookAlikesOf = (payerRef: string) => faces.lookAlikesOf(db, payerRef);
  const tellApart = (pair: { payerRef: string; otherRef: string }) => faces.tellApart(db, { ...pair, at: new Date(clock.nowMs()) });
  const { refuseUnlessDone } = loading;
  const app = buildApp({ keys: keys.exported, looks, captures, matcher, enroller, stats, faceState, lookAlikesOf, tellApart, checkHealth, refuseUnlessDone, rekeying, destroyTemplates, secret: deps.secret, operationsToken: keys.operationsToken, log });
  app.addHook('onClose', async () => {
    probes.dropAll();
    await scans.close();
  });
  return { app, gallery, looks, enroller, marks, regulars, rekeying, shards: memory.shards, waiting, load: loading.load };
}

const same = (gallery: Gallery): Gallery => gallery;

// Without its own keys a database opens nothing: better said now than at the first shopper.
async function refuseForeignKeys({ db, keys }: VaultDeps): Promise<void> {
  await db.rows('INSERT INTO installation (id) VALUES ($1) ON CONFLICT DO NOTHING', [keys.installationId]);
  const [row] = await db.rows<{ id: string }>('SELECT id FROM installation');
  if (row?.id !== keys.installationId) {
    throw new PlainError("The vault's keys folder belongs to another database: point SONRISA_VAULT_KEYS_DIR at the keys this database was made with.");
  }
}
