// The owner's own record, read anew whenever the page is looked at again.
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { ApiError } from '../api.ts';
import { failedEvent, usePhone } from './phone-context.ts';

const readEveryMs = 5_000;

export function useMe() {
  const { model, send, tools } = usePhone();
  const session = model.session ?? '';
  const me = useQuery({ queryKey: ['me', session], queryFn: () => tools.client.me(session), enabled: session !== '', refetchInterval: readEveryMs });
  const { error } = me;
  useEffect(() => {
    if (error instanceof ApiError && error.code === 'unauthorised') send(failedEvent(error));
  }, [error, send]);
  return me;
}
