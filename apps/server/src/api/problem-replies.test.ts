// What becomes of each kind of failure on its way out.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { describe, expect, it } from 'vitest';
import { problemOf } from './problem-replies.ts';

const failure = (fields: object, message = 'boom') => Object.assign(new Error(message), fields);

describe('a failure', () => {
  it.each([
    ['a refusal of ours', new ProblemError('pin_wrong'), 'pin_wrong'],
    ['a body over the limit', failure({ code: 'FST_ERR_CTP_BODY_TOO_LARGE', statusCode: 413 }), 'body_too_large'],
    ['another content type', failure({ code: 'FST_ERR_CTP_INVALID_MEDIA_TYPE', statusCode: 415 }), 'media_type_unsupported'],
    ['JSON that is none', failure({ statusCode: 400 }), 'input_invalid'],
    ['a database that is away', failure({ code: 'ECONNREFUSED' }), 'busy'],
    ['a database that shuts down', failure({ code: '57P01' }), 'busy'],
    ['a pool that is empty', failure({}, 'timeout exceeded when trying to connect'), 'busy'],
    ['a connection cut under a query', failure({}, 'Connection terminated unexpectedly'), 'busy'],
    ['two transactions in each other\'s way', failure({ code: '40P01' }), 'busy'],
    ['a row that is there already, and stays', failure({ code: '23505', detail: 'Key (phone_e164)=(+8613800138000) already exists.' }), 'internal'],
    ['a broken constraint', failure({ code: '23514', detail: 'Failing row contains (+8613800138000)' }), 'internal'],
    ['a bug', new TypeError('x is undefined'), 'internal'],
    ['something that is no error', 'thrown text', 'internal'],
    ['nothing', undefined, 'internal'],
  ])('%s', (_what, error, code) => expect(problemOf(error).code).toBe(code));
});
