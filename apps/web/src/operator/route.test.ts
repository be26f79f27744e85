import { expect, it } from 'vitest';
import { everyAct } from './trail/filter.ts';
import { hashOf, routeOf, type Route } from './route.ts';

it.each<[string, Route]>([
  ['#/cases', { page: 'cases', state: 'open', sort: 'oldest' }],
  ['#/cases?sort=amount', { page: 'cases', state: 'open', sort: 'amount' }],
  ['#/cases?state=closed', { page: 'cases', state: 'closed', sort: 'newest' }],
  ['#/cases?state=closed&sort=oldest', { page: 'cases', state: 'closed', sort: 'oldest' }],
  ['#/cases/fc_1', { page: 'case', id: 'fc_1' }],
  ['#/sms', { page: 'sms' }],
  ['#/faces', { page: 'faces', state: 'open' }],
  ['#/faces?state=closed', { page: 'faces', state: 'closed' }],
  ['#/overview', { page: 'overview' }],
  ['#/risk', { page: 'risk' }],
  ['#/risk/12', { page: 'risk_version', version: 12 }],
  ['#/risk/draft', { page: 'risk_draft', from: null }],
  ['#/risk/draft?from=12', { page: 'risk_draft', from: 12 }],
  ['#/trail', { page: 'trail', ...everyAct }],
  ['#/trail?who=machine&kind=money', { page: 'trail', ...everyAct, who: 'machine', kind: 'money' }],
  ['#/trail?day=2026-02-28&before=71', { page: 'trail', ...everyAct, day: '2026-02-28', before: '71' }],
  ['#/terminals', { page: 'terminals' }],
  ['#/proposals', { page: 'proposals' }],
  ['#/merchants', { page: 'merchants' }],
  ['#/merchants/mer_1', { page: 'merchant', id: 'mer_1' }],
])('%s and back', (hash, route) => {
  expect(routeOf(hash)).toEqual(route);
  expect(hashOf(route)).toBe(hash);
});

it.each(['', '#', '#/', '#/nowhere', '#/cases?state=lost&sort=best'])('%j is the list of open cases', (hash) => {
  expect(routeOf(hash)).toEqual({ page: 'cases', state: 'open', sort: 'oldest' });
});

it('a version that is none leads to all of them', () => expect(routeOf('#/risk/0x1')).toEqual({ page: 'risk' }));

it.each(['who=somebody', 'kind=none', 'day=2026-02-30', 'day=today', 'before=0'])('a filter of the trail that is none (%s) filters nothing', (query) => expect(routeOf(`#/trail?${query}`)).toEqual({ page: 'trail', ...everyAct }));
