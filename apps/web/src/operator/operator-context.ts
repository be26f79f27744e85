// What every page of the back office can reach.
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { createContext, useContext, useEffect } from 'react';
import { codeOf } from '../api.ts';
import type { SentenceCode } from '../i18n/texts/en/problems.ts';
import type { OperatorClient } from './operator-client.ts';

export type OperatorTools = { client: OperatorClient; newKey: () => string; now: () => number; storage: Storage; drafts: Storage };
export type Operator = { token: string; tools: OperatorTools; signOut: (why?: SentenceCode) => void };

export const OperatorContext = createContext<Operator | null>(null);

export function useOperator(): Operator {
  const operator = useContext(OperatorContext);
  if (!operator) throw new Error('a page of the back office was rendered outside it');
  return operator;
}

/** Read as the token allows; a token that no longer holds leads back to the sign-in. */
export function useRead<Data>(key: readonly string[], read: (client: OperatorClient, token: string) => Promise<Data>, everyMs?: number): UseQueryResult<Data> {
  const { token, tools, signOut } = useOperator();
  const query = useQuery({ queryKey: key, queryFn: () => read(tools.client, token), ...(everyMs === undefined ? {} : { refetchInterval: everyMs }) });
  const { error } = query;
  useEffect(() => {
    if (error && codeOf(error) === 'unauthorised') signOut('unauthorised');
  }, [error, signOut]);
  return query;
}
