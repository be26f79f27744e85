// The trail as its page reads it: a page of acts, and whether there are more.
import { operatorActsSchema, type OperatorAct } from '@sonrisa/protocol/set-up-api.ts';
import type { Api } from '../../api.ts';
import { actsQueryOf, type TrailFilter } from './filter.ts';

export type ActsPage = { acts: OperatorAct[]; hasMore: boolean };

const pageActs = 50;

export function createTrailClient({ request }: Api) {
  return {
    acts: async (token: string, filter: TrailFilter): Promise<ActsPage> => {
      // One more than is shown says whether there is another page.
      const asked = { ...actsQueryOf(filter), limit: pageActs + 1 };
      const query = new URLSearchParams(Object.entries(asked).map(([key, value]) => [key, String(value)])).toString();
      const { acts } = await request({ method: 'GET', path: `/api/operator/acts?${query}`, schema: operatorActsSchema, token });
      return { acts: acts.slice(0, pageActs), hasMore: acts.length > pageActs };
    },
  };
}
