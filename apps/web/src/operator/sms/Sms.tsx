// Text messages of the last day: whether they arrive, who carries them, what they use up, and what was not let out.
import type { SmsState } from '@sonrisa/protocol/back-office-api.ts';
import { CircleCheck, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Fetched } from '../../ui/Fetched.tsx';
import { useRead } from '../operator-context.ts';
import { Failures } from './Failures.tsx';
import { Guard } from './Guard.tsx';
import { Providers } from './Providers.tsx';
import { Usage } from './Usage.tsx';
import { verdictOf } from './verdict.ts';

const readEveryMs = 10_000;

export function Sms() {
  const { t } = useTranslation('sms');
  const sms = useRead(['sms'], (client, token) => client.sms(token), readEveryMs);
  return (
    <>
      <div>
        <h1 className="text-3xl font-extrabold">{t('title')}</h1>
        <p className="text-soft mt-1">{t('lead')}</p>
      </div>
      <Fetched query={sms}>
        {(read) => (
          <>
            <Verdict sms={read} />
            <div className="grid gap-6 items-start lg:grid-cols-2">
              <Usage budget={read.budget} messages={read.messages} />
              <Guard guard={read.guard} />
            </div>
            <Providers providers={read.providers} />
            <Failures failures={read.lastFailures} />
          </>
        )}
      </Fetched>
    </>
  );
}

function Verdict({ sms }: { sms: SmsState }) {
  const { t } = useTranslation('sms');
  const verdict = verdictOf(sms);
  const isGood = verdict === 'good';
  const Sign = isGood ? CircleCheck : TriangleAlert;
  return (
    <p role="status" data-testid="sms-verdict" data-verdict={verdict} className={`flex items-start gap-3 rounded-3xl px-5 py-4 text-lg font-bold ${isGood ? 'bg-good-glow text-good' : 'bg-warn-glow text-warn'}`}>
      <Sign aria-hidden="true" className="size-7 shrink-0" /> {t(`verdict_${verdict}`)}
    </p>
  );
}
