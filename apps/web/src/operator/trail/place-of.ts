// Where in the back office the thing stands that somebody acted on; null: nowhere yet.
import { operatorActs, type OperatorActName } from '@sonrisa/protocol/operator-acts.ts';
import { usualSort, type Route } from '../route.ts';
import { everyAct } from './filter.ts';

export function placeOf({ name, subject }: { name: OperatorActName | undefined; subject: string | null }): Route | null {
  if (subject !== null) return placeOfSubject(subject);
  if (name === undefined) return null;
  if (name === 'own_account_proposed') return { page: 'proposals' };
  if (name === 'merchant_added') return { page: 'merchants' };
  if (name === 'dispute_opened') return { page: 'cases', state: 'open', sort: usualSort('open') };
  return operatorActs[name].kind === 'risk' ? { page: 'risk' } : null;
}

function placeOfSubject(subject: string): Route | null {
  switch (subject.slice(0, 4)) {
    case 'cas_':
      return { page: 'case', id: subject };
    case 'mer_':
      return { page: 'merchant', id: subject };
    case 'rev_':
      return { page: 'faces', state: 'closed' };
    case 'prp_':
      return { page: 'proposals' };
    case 'ter_':
      return { page: 'terminals' };
    case 'opp_':
      return { page: 'trail', ...everyAct, who: subject };
    default:
      return null;
  }
}
