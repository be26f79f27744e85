// Every state of an enrolment against every event, on one page.
import { enrolmentStateSchema } from '@sonrisa/protocol/phone-api.ts';
import { describe, expect, it } from 'vitest';
import { enrolmentEvents, stepEnrolment, type EnrolmentEvent, type EnrolmentState } from './state.ts';

const done = 'enrolment_state_conflict';
const gone = 'enrolment_not_found';

// Columns in the order of enrolmentEvents.
const expected: Record<EnrolmentState, readonly string[]> = {
  //               code_entered  code_resent   owner_found     owner_proved  number_released  number_used  number_proved    consented    look_opened  face_enrolled    pin_set     timed_out
  code_sent:      ['code_sent',  'code_sent',  'number_known', done,         done,            done,        'code_verified', done,        done,        done,            done,       'expired'],
  number_known:   [done,         done,         done,           'complete',   'code_verified', 'expired',   done,            done,        done,        done,            done,       'expired'],
  code_verified:  [done,         done,         done,           done,         done,            'expired',   done,            'consented', done,        done,            done,       'expired'],
  consented:      [done,         done,         done,           done,         done,            done,        done,            done,        'consented', 'face_captured', done,       'expired'],
  face_captured:  [done,         done,         'number_known', done,         done,            done,        done,            done,        done,        done,            'complete', 'expired'],
  complete:       [done,         done,         done,           done,         done,            done,        done,            done,        done,        done,            done,       done],
  expired:        [gone,         gone,         gone,           gone,         gone,            gone,        gone,            gone,        gone,        gone,            gone,       gone],
};

describe('the enrolment state machine', () => {
  it.each(enrolmentStateSchema.options)('from %s', (state) => {
    const actual = enrolmentEvents.map((event: EnrolmentEvent) => {
      const step = stepEnrolment(state, event);
      return step.ok ? step.state : step.code;
    });
    expect(actual).toEqual(expected[state]);
  });

  it('reaches an account only over code, consent, face and PIN, in this order', () => {
    const path: EnrolmentEvent[] = ['number_proved', 'consented', 'face_enrolled', 'pin_set'];
    for (const left of path) {
      let state: EnrolmentState = 'code_sent';
      let refused = false;
      for (const event of path.filter((each) => each !== left)) {
        const step = stepEnrolment(state, event);
        if (step.ok) state = step.state;
        else refused = true;
      }
      expect(refused && state !== 'complete', `without ${left}`).toBe(left !== 'pin_set');
      expect(state).not.toBe('complete');
    }
  });
});
