// One child: what it has, whether its face pays, what it may spend and where, what it paid, and the ways out.
import type { ChildView } from '@sonrisa/protocol/children-api.ts';
import { Cake } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Fetched } from '../../ui/Fetched.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { SureDialog } from '../../ui/SureDialog.tsx';
import { Consents } from '../my-face/Consents.tsx';
import { Erasures } from '../my-face/Erasures.tsx';
import { Looks } from '../my-face/Looks.tsx';
import { Payments } from '../own/Payments.tsx';
import { usePhone } from '../phone-context.ts';
import { BackToChildren } from '../Back.tsx';
import { ChildFace } from './ChildFace.tsx';
import { ChildLimits } from './ChildLimits.tsx';
import { ChildMoney } from './ChildMoney.tsx';
import { useChild, useChildChange } from './use-children.ts';

export function ChildPage({ childId }: { childId: string }) {
  const child = useChild(childId);
  return (
    <div className="flex-1 flex flex-col gap-4 px-5 py-4">
      <BackToChildren />
      <Fetched query={child}>{(read) => <Shown child={read} />}</Fetched>
    </div>
  );
}

function Shown({ child }: { child: ChildView }) {
  const { t } = useTranslation('children');
  const { language } = useLanguage();
  // A day, in no time zone.
  const born = new Intl.DateTimeFormat(intlLocale(language), { dateStyle: 'long', timeZone: 'UTC' }).format(Date.parse(child.bornOn));
  const isOpen = child.state !== 'closed';
  return (
    <>
      <div>
        <h1 className="text-2xl font-extrabold break-words">{child.name}</h1>
        <p className="text-soft">{t('ageBorn', { n: child.ageYears, date: born })}</p>
      </div>
      {child.state === 'of_age' ? <OfAge /> : null}
      {child.state === 'closed' ? <p role="status" data-testid="child-closed" className="rounded-3xl bg-sunk px-5 py-4">{t('closedText')}</p> : null}
      <ChildMoney child={child} />
      {isOpen ? <ChildFace child={child} /> : null}
      {isOpen && child.state !== 'of_age' ? <ChildLimits child={child} /> : null}
      <Payments payments={child.payments} childId={child.id} />
      {child.face.looks.length > 0 ? <Looks looks={child.face.looks} /> : null}
      <Consents consents={child.face.consents} />
      <Erasures erasures={child.face.erasures} />
      {isOpen ? <Close child={child} /> : null}
    </>
  );
}

function OfAge() {
  const { t } = useTranslation('children');
  return (
    <p role="status" data-testid="of-age" className="flex items-start gap-3 rounded-3xl bg-glow px-5 py-4">
      <Cake aria-hidden="true" className="size-6 shrink-0 text-crust" /> {t('ofAge')}
    </p>
  );
}

function Close({ child }: { child: ChildView }) {
  const { t } = useTranslation('children');
  const { tools } = usePhone();
  const [asking, setAsking] = useState(false);
  const { busy, problem, run } = useChildChange(child.id);
  return (
    <Card className="flex flex-col gap-3">
      {problem ? <Problem code={problem} /> : null}
      <p className="text-soft text-sm">{t('closeText')}</p>
      <Button look="danger" wide disabled={busy} testId="close-child" onClick={() => setAsking(true)}>
        {t('close')}
      </Button>
      {asking ? (
        <SureDialog
          title={t('closeTitle', { name: child.name })}
          text={t('closeSure')}
          yes={t('closeYes')}
          testId="close-child-sure"
          onYes={() => {
            setAsking(false);
            void run((client, token) => client.close(token, child.id, tools.newKey()));
          }}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </Card>
  );
}
