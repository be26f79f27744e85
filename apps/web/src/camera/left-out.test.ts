// What a challenge goes without.
import { expect, it } from 'vitest';
import type { ChallengeKind } from '@sonrisa/protocol/challenge.ts';
import { leftOut } from './left-out.ts';

const rows: [ChallengeKind[], boolean, ChallengeKind[]][] = [
  [[], false, []],
  [['smile', 'turn'], false, ['smile', 'turn']],
  [[], true, ['flash']],
  [['smile'], true, ['flash', 'smile']],
  // Flashes stay away although two others were left out before them.
  [['smile', 'turn'], true, ['flash', 'smile']],
  [['flash', 'blink'], true, ['flash', 'blink']],
];

it.each(rows)('%j left out, less motion asked for: %s, makes %j', (avoided, lessMotion, without) => expect(leftOut(avoided, lessMotion)).toEqual(without));
