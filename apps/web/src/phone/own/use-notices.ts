// A notice for each payment, read often: somebody who was charged hears of it.
import { useQuery } from '@tanstack/react-query';
import { usePhone } from '../phone-context.ts';

const readEveryMs = 2_500;

export function useNotices() {
  const { model, tools } = usePhone();
  const session = model.session ?? '';
  return useQuery({ queryKey: ['notices', session], queryFn: () => tools.own.notices(session), enabled: session !== '', refetchInterval: readEveryMs });
}
