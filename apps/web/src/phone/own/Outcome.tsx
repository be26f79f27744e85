// What became of a request: paid, refused, or over before anybody answered.
import type { PhoneRequest } from '@sonrisa/protocol/phone-request-api.ts';
import { Check, CircleSlash, Clock } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { Money } from '../../ui/Money.tsx';

export type OutcomeName = 'paid' | 'denied' | 'not_me' | 'over';

export function Outcome(props: { request: PhoneRequest; name: OutcomeName; onClose: () => void }) {
  const { t } = useTranslation('phone');
  const { name } = props;
  const Icon = name === 'paid' ? Check : name === 'over' ? Clock : CircleSlash;
  return (
    <div className="flex-1 flex flex-col items-center justify-center gap-6 text-center" role="status">
      <span className={`size-28 rounded-full flex items-center justify-center animate-pop ${name === 'paid' ? 'bg-good text-paper' : 'bg-glow text-crust'}`}>
        <Icon aria-hidden="true" className="size-14" strokeWidth={3} />
      </span>
      <h1 id="phone-request-title" className="text-3xl font-extrabold">{t(`request_${name}`)}</h1>
      <Money amount={props.request.amount} size="large" />
      <p className="text-soft text-lg">{t(`request_${name}_text`)}</p>
      <Button look="primary" size="large" wide testId="request-close" onClick={props.onClose}>
        {t('requestClose')}
      </Button>
    </div>
  );
}
