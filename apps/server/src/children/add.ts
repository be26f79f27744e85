// Adding a child, and agreeing anew for one: the guardian's consent, proved by their own passkey or PIN, each time. The wallet comes with
// its limits in one transaction; the face follows (look.ts).
import { type AddChild, childCategories, type ConsentForChild, guardianSubject, neverForChildren } from '@sonrisa/protocol/children-api.ts';
import type { LimitKind } from '@sonrisa/protocol/limits-api.ts';
import type { OwnerProof } from '@sonrisa/protocol/owner-proof.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { sql } from 'kysely';
import type { Ids } from '../adapters/ids.ts';
import type { Database } from '../db/database.ts';
import { currentGuardianVersion, guardianConsentText, readName } from '../enrolment/index.ts';
import { knownIdentityOf } from '../identity/index.ts';
import { type OwnProofs, proveOwner } from '../owner-proof/index.ts';
import { keepLookProof } from '../owners/index.ts';
import { refusalToAdd } from './decide.ts';
import { childFor, childrenOf, type OfChild, type RecordDeps, todayFor } from './record.ts';

export type AddDeps = RecordDeps & { ids: Pick<Ids, 'make'>; proofs: OwnProofs; guardianAttested: boolean };

/** The child's id. Throws ProblemError: what stands against it, the consent, or the proof. */
export async function addChild(deps: AddDeps, { guardianId, sessionHash, child }: { guardianId: string; sessionHash: string; child: AddChild }): Promise<string> {
  const name = readName(child.name);
  if (name === undefined) throw new ProblemError('name_invalid');
  const textSha256 = readConsent(child.consent);
  await refuseToAdd(deps, deps.db, { guardianId, bornOn: child.bornOn });
  const proof = await prove(deps, { guardianId, name: child.name, bornOn: child.bornOn, textSha256, proof: child.proof });
  const childId = deps.ids.make('payer');
  const now = new Date(deps.clock.nowMs());
  await deps.db.transaction().execute(async (trx) => {
    // Under the guardian's lock: children added at once share the ten.
    const guardian = await trx.selectFrom('payer').select(['currency', 'locale']).where('id', '=', guardianId).where('closed_at', 'is', null).forUpdate().executeTakeFirst();
    if (!guardian) throw new ProblemError('unauthorised');
    await refuseToAdd(deps, trx, { guardianId, bornOn: child.bornOn });
    await trx.insertInto('payer').values({ id: childId, name, guardian_id: guardianId, born_on: child.bornOn, ...guardian, face_state: 'off', created_at: now }).execute();
    for (const [kind, maxMinor] of firstLimits(child)) {
      await sql`INSERT INTO own_limit (payer_id, kind, max_minor, asked_at, effective_at) VALUES (${childId}, ${kind}, ${maxMinor}, ${now}, ${now})`.execute(trx);
    }
    await record(trx, { guardianId, sessionHash, childId, locale: child.consent.locale, textSha256, proof, now });
  });
  return childId;
}

/** After the face was erased: the guardian agrees anew, and a look is to follow. */
export async function consentAnew(deps: AddDeps, { guardianId, sessionHash, childId, consent, proof }: OfChild & ConsentForChild & { sessionHash: string }): Promise<void> {
  const child = await childFor(deps, { guardianId, childId }, 'consent');
  const textSha256 = readConsent(consent);
  const proved = await prove(deps, { guardianId, name: child.name, bornOn: child.born_on, textSha256, proof });
  await deps.db.transaction().execute((trx) => record(trx, { guardianId, sessionHash, childId, locale: consent.locale, textSha256, proof: proved, now: new Date(deps.clock.nowMs()) }));
}

/** Of the text that was agreed to. */
function readConsent({ version, locale, agreedToService, agreedToFace }: AddChild['consent']): string {
  if (version !== currentGuardianVersion) throw new ProblemError('consent_version_old');
  if (!agreedToService || !agreedToFace) throw new ProblemError('consent_required');
  return guardianConsentText(locale).sha256;
}

async function refuseToAdd(deps: AddDeps, at: Database, { guardianId, bornOn }: { guardianId: string; bornOn: string }): Promise<void> {
  const guardian = await at.selectFrom('payer').select(['guardian_id', 'currency']).where('id', '=', guardianId).executeTakeFirstOrThrow();
  const [now, { attested }] = [await childrenOf(deps, { guardianId, at }), await knownIdentityOf(at, guardianId)];
  const code = refusalToAdd({
    bornOn,
    today: await todayFor(deps, guardian.currency),
    adultAgeYears: deps.adultAgeYears,
    guardianAttested: deps.guardianAttested,
    childrenNow: now.filter(({ state }) => state !== 'closed').length,
    guardian: { isChild: guardian.guardian_id !== null, bornOn: attested?.bornOn ?? null },
  });
  if (code !== null) throw new ProblemError(code);
}

async function prove({ proofs }: AddDeps, input: { guardianId: string; name: string; bornOn: string; textSha256: string; proof: OwnerProof }): Promise<'pin' | 'passkey'> {
  await proveOwner(proofs, { act: 'guardian_consent', payerId: input.guardianId, subject: guardianSubject(input), proof: input.proof });
  return 'pin' in input.proof ? 'pin' : 'passkey';
}

// A category that is not allowed is one with nothing to spend.
function firstLimits({ limits, categories }: AddChild): [LimitKind, string][] {
  const shut = [...neverForChildren, ...childCategories.filter((category) => !categories.includes(category))];
  return [['payment', limits.payment], ['day', limits.day], ['month', limits.month], ...shut.map((category): [LimitKind, string] => [category, '0'])];
}

type Given = OfChild & { sessionHash: string; locale: string; textSha256: string; proof: string; now: Date };

async function record(trx: Database, { guardianId, sessionHash, childId, locale, textSha256, proof, now }: Given): Promise<void> {
  const agreed = { agreed_to_service: true, agreed_to_face: true, agreed_at: now };
  await trx.insertInto('consent_record').values({ enrolment_id: null, payer_id: childId, guardian_id: guardianId, proof, version: currentGuardianVersion, locale, text_sha256: textSha256, ...agreed }).execute();
  // The look that follows asks for no other proof.
  await keepLookProof(trx, { sessionHash, faceOf: childId, nowMs: now.getTime() });
}
