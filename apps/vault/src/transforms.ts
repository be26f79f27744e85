// The transforms of one key version, one for each pack: drawn from the transform key by HKDF-SHA-256 (RFC 5869), whose
// output keys an AES-256-CTR stream of words. The transform key is a key of its own: who can unwrap envelopes alone, as with
// a key service that does it, still has templates that link to nothing.
import { createCipheriv, hkdfSync } from 'node:crypto';
import type { KeyedTransform } from '@sonrisa/face/protect/keyed-transform.ts';
import { createKeyedTransform } from '@sonrisa/face/protect/keyed-transform.ts';

export interface Transforms {
  of(pack: { readonly packId: string; readonly dimensions: number }): KeyedTransform;
}

const streamKeyBytes = 32;
const counterBytes = 16;
const blockBytes = 4096;
const wordBytes = 4;

export function createTransforms({ installationId, transformKey }: { installationId: string; transformKey: Uint8Array }): Transforms {
  const made = new Map<string, KeyedTransform>();

  function of({ packId, dimensions }: { packId: string; dimensions: number }): KeyedTransform {
    const info = JSON.stringify(['sonrisa-template-transform-v1', installationId, packId, dimensions]);
    const known = made.get(info);
    if (known) return known;
    const transform = createKeyedTransform({ dimensions, word: wordsOf(hkdfSync('sha256', transformKey, new Uint8Array(0), info, streamKeyBytes)) });
    made.set(info, transform);
    return transform;
  }

  return { of };
}

function wordsOf(streamKey: ArrayBuffer): () => number {
  const stream = createCipheriv('aes-256-ctr', new Uint8Array(streamKey), Buffer.alloc(counterBytes));
  const zeros = Buffer.alloc(blockBytes);
  let block = stream.update(zeros);
  let at = 0;
  return () => {
    if (at === block.length) [block, at] = [stream.update(zeros), 0];
    at += wordBytes;
    return block.readUInt32LE(at - wordBytes);
  };
}
