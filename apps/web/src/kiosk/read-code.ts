// A payment code in a picture, or null. The reader is loaded when somebody first scans: no other screen needs it.
import { parsePaymentCode } from '@sonrisa/protocol/payment-code.ts';

export type Pixels = { width: number; height: number; data: Uint8ClampedArray };

/** RGBA, row by row. Other QR codes in view are none of ours. */
export async function readCode(pixels: Pixels): Promise<string | null> {
  const { decodeQR } = await import('qr/decode.js');
  try {
    const text = decodeQR({ width: pixels.width, height: pixels.height, data: pixels.data }, { format: 'RGBA' });
    return parsePaymentCode(text) ? text : null;
  } catch {
    // The library throws where there is no code to read.
    return null;
  }
}
