// Passkeys in this browser. The challenge of an approval is made here, from what the screen shows.
import { browserSupportsWebAuthn, startAuthentication, startRegistration } from '@simplewebauthn/browser';
import { approvalChallenge } from '@sonrisa/protocol/approval.ts';
import type { PasskeyAnswer, PhoneRequest } from '@sonrisa/protocol/phone-request-api.ts';
import { ApiError } from '../../api.ts';
import type { OwnPhoneClient } from '../own-phone-client.ts';

const answerWithinMs = 60_000;

/** Passkeys need a host name: an address in numbers has none. */
export const passkeysWork = (): boolean => browserSupportsWebAuthn() && !/^[0-9.]+$|:/.test(location.hostname);

/** Of a proof that failed: anything that is no answer of the server is the browser's, since somebody did not go through with it. */
export const proofError = (error: unknown): ApiError => (error instanceof ApiError ? error : new ApiError('passkey_invalid', { cause: error }));

/** Throws when the person says no, or nothing. */
export async function signApproval(request: PhoneRequest, input: { payerId: string; passkeyIds: readonly string[] }): Promise<PasskeyAnswer> {
  const challenge = await approvalChallenge({
    requestId: request.id,
    paymentId: request.paymentId,
    merchantId: request.merchant.id,
    storeId: request.store.id,
    // Of a child's payment the child's.
    payerId: request.child?.id ?? input.payerId,
    amount: request.amount,
    nonce: request.nonce,
  });
  return signChallenge(challenge, input.passkeyIds);
}

/** Throws when the person says no, or nothing. */
export async function signChallenge(challenge: string, passkeyIds: readonly string[]): Promise<PasskeyAnswer> {
  const answer = await startAuthentication({
    optionsJSON: {
      challenge,
      rpId: location.hostname,
      timeout: answerWithinMs,
      userVerification: 'required',
      allowCredentials: passkeyIds.map((id) => ({ id, type: 'public-key' as const })),
    },
  });
  return answer as unknown as PasskeyAnswer;
}

/** Throws an ApiError of the server, or what the browser says when the person does not go through with it. */
export async function makePasskey(client: OwnPhoneClient, input: { session: string; pin: string | null; name: string }): Promise<void> {
  const options = await client.passkeyOptions(input.session, input.pin);
  const response = await startRegistration({ optionsJSON: options as unknown as Parameters<typeof startRegistration>[0]['optionsJSON'] });
  await client.addPasskey(input.session, { name: input.name, response });
}
