// Where in the back office somebody is, kept in the address: a list as it was filtered, one case or one version of the rules can
// be passed on as a link.
import { trailFilterOf, trailQueryOf, type TrailFilter } from './trail/filter.ts';

export const caseSorts = ['oldest', 'newest', 'amount'] as const;
export type CaseSort = (typeof caseSorts)[number];
export type CaseState = 'open' | 'closed';
export type Route = { page: 'cases'; state: CaseState; sort: CaseSort } | { page: 'case'; id: string } | { page: 'sms' } | { page: 'overview' } | { page: 'faces'; state: CaseState } | { page: 'proposals' } | { page: 'merchants' } | { page: 'terminals' } | { page: 'merchant'; id: string } | ({ page: 'trail' } & TrailFilter) | { page: 'risk' } | { page: 'risk_version'; version: number } | { page: 'risk_draft'; from: number | null };

/** Whoever waits longest comes first; of what is done, the newest. */
export const usualSort = (state: CaseState): CaseSort => (state === 'open' ? 'oldest' : 'newest');

export function routeOf(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [page, id] = path.split('/');
  if (page === 'sms' || page === 'overview' || page === 'proposals' || page === 'terminals') return { page };
  if (page === 'trail') return { page, ...trailFilterOf(query) };
  if (page === 'faces') return { page, state: query === 'state=closed' ? 'closed' : 'open' };
  if (page === 'risk' && id === 'draft') return { page: 'risk_draft', from: versionOf(new URLSearchParams(query).get('from') ?? '') };
  if (page === 'risk') return versionOf(id ?? '') !== null ? { page: 'risk_version', version: Number(id) } : { page };
  if (page === 'merchants') return id ? { page: 'merchant', id } : { page };
  if (page === 'cases' && id) return { page: 'case', id };
  const asked = new URLSearchParams(query);
  const state = asked.get('state') === 'closed' ? 'closed' : 'open';
  return { page: 'cases', state, sort: caseSorts.find((sort) => sort === asked.get('sort')) ?? usualSort(state) };
}

const versionOf = (text: string): number | null => (/^[1-9][0-9]{0,8}$/.test(text) ? Number(text) : null);

export function hashOf(route: Route): string {
  if (route.page === 'sms' || route.page === 'overview' || route.page === 'risk' || route.page === 'proposals' || route.page === 'merchants' || route.page === 'terminals') return `#/${route.page}`;
  if (route.page === 'faces') return route.state === 'open' ? '#/faces' : '#/faces?state=closed';
  if (route.page === 'trail') return `#/trail${trailQueryOf(route)}`;
  if (route.page === 'risk_version') return `#/risk/${route.version}`;
  if (route.page === 'risk_draft') return route.from === null ? '#/risk/draft' : `#/risk/draft?from=${route.from}`;
  if (route.page === 'merchant') return `#/merchants/${encodeURIComponent(route.id)}`;
  if (route.page === 'case') return `#/cases/${encodeURIComponent(route.id)}`;
  const query = new URLSearchParams({
    ...(route.state === 'open' ? {} : { state: route.state }),
    ...(route.sort === usualSort(route.state) ? {} : { sort: route.sort }),
  }).toString();
  return query === '' ? '#/cases' : `#/cases?${query}`;
}
