// A page that waits for the server, says what went wrong and asks again: in the same words everywhere.
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { codeOf } from '../api.ts';
import { Button } from './Button.tsx';
import { Problem } from './Problem.tsx';

export function Loading() {
  const { t } = useTranslation('ui');
  return (
    <p role="status" className="m-auto text-soft text-lg">
      {t('loading')}
    </p>
  );
}

/** What was read stays on the page when reading it anew fails. */
export function Fetched<Data>(props: { query: Pick<UseQueryResult<Data>, 'data' | 'error' | 'refetch'>; children: (data: Data) => ReactNode }) {
  const { t } = useTranslation('ui');
  const { data, error, refetch } = props.query;
  if (data !== undefined) return props.children(data);
  if (!error) return <Loading />;
  return (
    <>
      <Problem code={codeOf(error)} />
      <Button look="primary" wide className="max-w-lg self-center" testId="try-again" onClick={() => void refetch()}>
        {t('tryAgain')}
      </Button>
    </>
  );
}
