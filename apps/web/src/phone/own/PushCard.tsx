// Whether this phone is told of payments while the page is closed. The browser is asked only when somebody taps for it.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { BellRing } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api.ts';
import type { SentenceCode } from '../../i18n/texts/en/problems.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { usePhone } from '../phone-context.ts';
import { pushState, subscribe, unsubscribe } from './push.ts';

export function PushCard() {
  const { t } = useTranslation('phone');
  const { model, tools } = usePhone();
  const queries = useQueryClient();
  const session = model.session ?? '';
  const { data: state } = useQuery({ queryKey: ['push', session], queryFn: pushState });
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<SentenceCode | null>(null);
  if (state === undefined) return null;
  const change = async (doing: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      await doing();
    } catch (error) {
      // Anything that is no answer of the server is the browser's.
      setProblem(error instanceof ApiError ? error.code : 'push_endpoint_unknown');
    }
    await queries.invalidateQueries({ queryKey: ['push'] });
    setBusy(false);
  };
  return (
    <Card className="flex flex-col gap-3" testId="push-card">
      <h2 className="flex items-center gap-3 text-lg font-extrabold">
        <BellRing aria-hidden="true" className="size-6 shrink-0 text-crust" /> {t('pushTitle')}
      </h2>
      <p className="text-soft text-sm" role="status" data-testid="push-state" data-push={state}>
        {t(`push_${state}`)}
      </p>
      {problem ? <Problem code={problem} /> : null}
      {state === 'off' ? (
        <Button wide testId="push-on" disabled={busy} onClick={() => void change(() => subscribe(tools.own, session))}>
          {t('pushOn')}
        </Button>
      ) : state === 'on' ? (
        <Button wide testId="push-off" disabled={busy} onClick={() => void change(() => unsubscribe(tools.own, session))}>
          {t('pushOff')}
        </Button>
      ) : null}
    </Card>
  );
}
