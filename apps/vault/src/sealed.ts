// Opens a sealed capture, at most once. Steps, in this order; each that fails changes nothing:
//
//   1  unseal with the vault's key         capture_malformed, capture_sealed_for_another
//   2  the nonce is the one asked about    capture_binding_mismatch
//   3  the nonce was minted here           nonce_unknown, nonce_used, nonce_expired
//   4  bound to what was minted, which is  capture_binding_mismatch
//      what the server takes it for
//   5  the terminal's signature and hashes capture_signature_invalid, capture_malformed
//   6  from a camera we look through       camera_refused, capture_malformed
//   7  consumed, by a unique INSERT        nonce_used, nonce_expired, looks_used_up
//
// Only then may the frames be used; they and the opened burst are overwritten with zeros afterwards.
import type { CryptoKey } from 'jose';
import { openBurst } from '@sonrisa/protocol/burst.ts';
import type { AssociatedData, CaptureManifest } from '@sonrisa/protocol/capture.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { unsealCapture } from '@sonrisa/protocol/seal.ts';
import type { LookOf } from '@sonrisa/protocol/vault-api.ts';
import type { Clock } from './adapters/system.ts';
import { refuseCamera } from './cameras.ts';
import type { Look, Looks } from './looks.ts';

export interface OpenedCapture {
  readonly look: Look;
  /** Signed by the terminal: what it showed when, and each frame's time and hash. */
  readonly manifest: CaptureManifest;
  /** Views into one buffer, which is cleared when `use` is done. */
  readonly frames: readonly Uint8Array<ArrayBuffer>[];
}

export interface CaptureOpener {
  /** Takes `sealed` over and clears it too. `of`: whose look it is handed in as. Throws ProblemError for every refusal above. */
  open<Result>(input: { nonce: string; of: LookOf; sealed: Uint8Array<ArrayBuffer> }, use: (capture: OpenedCapture) => Promise<Result>): Promise<Result>;
}

export function createCaptureOpener(deps: { unsealing: CryptoKey; looks: Looks; clock: Clock; mode: 'sandbox' | 'production' }): CaptureOpener {
  const { unsealing, looks, clock } = deps;

  async function open<Result>(
    input: { nonce: string; of: LookOf; sealed: Uint8Array<ArrayBuffer> },
    use: (capture: OpenedCapture) => Promise<Result>,
  ): Promise<Result> {
    const unsealed = await unsealCapture(input.sealed, unsealing);
    input.sealed.fill(0);
    if (!unsealed.ok) throw new ProblemError(unsealed.code);
    try {
      if (unsealed.associatedData.nonce !== input.nonce) throw new ProblemError('capture_binding_mismatch');
      const look = await liveLook(input.nonce);
      if (!isBoundTo(look, unsealed.associatedData) || !isOf(look, input.of)) throw new ProblemError('capture_binding_mismatch');
      const opened = await openBurst(unsealed.burst, unsealed.associatedData);
      if (!opened.ok) throw new ProblemError(opened.code);
      const refusal = refuseCamera(opened.manifest.camera, deps.mode);
      if (refusal) throw new ProblemError(refusal);
      await looks.consume(look);
      return await use({ look, manifest: opened.manifest, frames: opened.frames });
    } finally {
      unsealed.burst.fill(0);
    }
  }

  async function liveLook(nonce: string): Promise<Look> {
    const look = await looks.find(nonce);
    if (!look) throw new ProblemError('nonce_unknown');
    if (look.consumed) throw new ProblemError('nonce_used');
    if (look.expiresAtMs <= clock.nowMs()) throw new ProblemError('nonce_expired');
    return look;
  }

  return { open };
}

function isBoundTo(look: Look, data: AssociatedData): boolean {
  return isOf(look, data) && look.terms.signerThumbprint === data.signerThumbprint;
}

const isOf = ({ terms }: Look, { purpose, subjectId }: LookOf): boolean => terms.purpose === purpose && terms.subjectId === subjectId;
