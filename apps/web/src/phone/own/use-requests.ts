// What tills ask this phone, read often while the page is looked at.
import { useQuery } from '@tanstack/react-query';
import { usePhone } from '../phone-context.ts';

const readEveryMs = 1_500;

export function useRequests() {
  const { model, tools } = usePhone();
  const session = model.session ?? '';
  return useQuery({ queryKey: ['requests', session], queryFn: () => tools.own.requests(session), enabled: session !== '', refetchInterval: readEveryMs });
}
