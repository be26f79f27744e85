// The measured error curve of the embedded pack with mirror averaging.
import type { ErrorCurve } from '../../decide.ts';

/**
 * Provisional: one set of news photos (Labeled Faces in the Wild), 2,877 people, 4.2 million impostor
 * pairs of photos, one photo against one photo, no bootstrap. To be replaced by a calibration run.
 * Checked with this code on 1.8 million pairs of the half of LFW in the shared test data: FMR 9.4e-3, 8.9e-4, 8.4e-5,
 * 7.9e-6 and 5.7e-7 at the five scores; FNMR of single photos 1.4, 4.8, 15.9, 38.9 and 63.1 %.
 */
export const embeddedCurve: ErrorCurve = {
  id: 'embedded-provisional-1',
  source: 'LFW, 4.2 million impostor pairs, single photos, no bootstrap: provisional',
  fmrPoints: [
    { scoreMin: 0.911, fmr: 1e-2 },
    { scoreMin: 0.929, fmr: 1e-3 },
    { scoreMin: 0.943, fmr: 1e-4 },
    { scoreMin: 0.954, fmr: 1e-5 },
    { scoreMin: 0.963, fmr: 1e-6 },
  ],
  // Rule of three (no error seen in n pairs: 95 % bound 3/n) over 4.1 million pairs of identities.
  fmrFloor: 3 / 4.1e6,
  // People at one till share age, region and light more than a news archive does.
  safetyFactor: 4,
};
