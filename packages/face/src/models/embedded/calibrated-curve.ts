// The embedded pack's curve as `sonrisa face calibrate` measured it on the shared half of Labeled Faces in the Wild
// (docs/calibrate.md). The file beside this one is what the command wrote, unchanged.
import { readCurveFile } from '../../calibrate/curve-file.ts';
import type { CurveFile } from '../../calibrate/curve-file.ts';
import measured from './calibrated-curve.json' with { type: 'json' };

/** Throws when the file beside it is damaged. */
export function embeddedCalibratedCurve(): CurveFile {
  const reading = readCurveFile(measured);
  if (!reading.ok) throw new Error(`the embedded pack's curve: ${reading.problem}`);
  return reading.curve;
}
