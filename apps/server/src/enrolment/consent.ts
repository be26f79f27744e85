// The third step: an adult, as they say, and both ticks, kept with the version and the hash of the very text that was agreed to.
import type { EnrolmentView, enrolmentConsentSchema } from '@sonrisa/protocol/phone-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { z } from 'zod';
import { consentText, currentConsentVersion } from './consent-text.ts';
import type { EnrolmentDeps } from './ports.ts';
import { lockEnrolment, stepOf, updateEnrolment, viewOf } from './view.ts';

const firstFaceEpoch = 1;

export async function giveConsent(deps: EnrolmentDeps, input: { id: string; consent: z.infer<typeof enrolmentConsentSchema> }): Promise<EnrolmentView> {
  const { id, consent } = input;
  const row = await deps.db.transaction().execute(async (transaction) => {
    const enrolment = await lockEnrolment(transaction, id);
    const nowMs = deps.clock.nowMs();
    const state = stepOf(enrolment, 'consented', nowMs);
    if (consent.version !== currentConsentVersion) throw new ProblemError('consent_version_old');
    if (!consent.agreedToService || !consent.agreedToFace) throw new ProblemError('consent_required');
    if (consent.statedAgeMin === null || consent.statedAgeMin < deps.adultAgeYears) throw new ProblemError('adult_required');
    await transaction
      .insertInto('consent_record')
      .values({
        enrolment_id: id,
        version: consent.version,
        locale: consent.locale,
        text_sha256: consentText(consent.locale).sha256,
        agreed_to_service: consent.agreedToService,
        agreed_to_face: consent.agreedToFace,
        agreed_at: new Date(nowMs),
        stated_age_min: consent.statedAgeMin,
      })
      .execute();
    // The face will be kept under this name from the first frame on, before there is an account.
    return updateEnrolment(transaction, id, { state, payer_ref: deps.ids.make('payer'), face_epoch: firstFaceEpoch });
  });
  return viewOf(row);
}
