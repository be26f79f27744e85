import { expect, it } from 'vitest';
import { identityAnswerIn } from './identity-answer.ts';

it.each([
  ['', null],
  ['?invite=inv_1', null],
  ['?code=c', null],
  ['?state=s', null],
  ['?code=c&state=s', { state: 's', code: 'c' }],
  ['?code=c%20d&state=s&iss=https%3A%2F%2Fid.example&session_state=x', { state: 's', code: 'c d', iss: 'https://id.example' }],
  ['?error=access_denied&error_description=no&state=s', { state: 's', error: 'access_denied' }],
])('%s', (search, answer) => expect(identityAnswerIn(search)).toEqual(answer));
