// A curve of round figures, for tests of what is decided by one: a decade of FMR from point to point.
import type { ErrorCurve } from '../decide.ts';

export const decadesCurve: ErrorCurve = {
  id: 'decades-1',
  source: 'made up for tests',
  fmrPoints: [
    { scoreMin: 0.911, fmr: 1e-2 },
    { scoreMin: 0.929, fmr: 1e-3 },
    { scoreMin: 0.943, fmr: 1e-4 },
    { scoreMin: 0.954, fmr: 1e-5 },
    { scoreMin: 0.963, fmr: 1e-6 },
  ],
  fmrFloor: 3 / 4.1e6,
  safetyFactor: 4,
};
