// The guardian agrees anew for a child whose face was erased; a look follows.
import { useTranslation } from 'react-i18next';
import { Fetched } from '../../ui/Fetched.tsx';
import { usePhone } from '../phone-context.ts';
import { BackToChildren } from '../Back.tsx';
import { GuardianConsent } from './GuardianConsent.tsx';
import { useChild, useChildChange } from './use-children.ts';

export function ChildConsent({ childId }: { childId: string }) {
  const { t } = useTranslation('children');
  const { send, tools } = usePhone();
  const child = useChild(childId);
  const { change } = useChildChange(childId);
  return (
    <div className="flex-1 flex flex-col gap-4 px-5 py-4">
      <BackToChildren />
      <Fetched query={child}>
        {({ guardianId, name, bornOn, passkeyIds }) => (
          <>
            <h1 className="text-2xl font-extrabold break-words">{t('againTitle', { name })}</h1>
            <GuardianConsent
              who={{ guardianId, name, bornOn, passkeyIds }}
              button={t('againAgree')}
              onAgreed={async (agreed) => {
                await change((client, token) => client.consentAnew(token, childId, agreed, tools.newKey()));
                send({ type: 'child_look_wanted', childId });
              }}
            />
          </>
        )}
      </Fetched>
    </div>
  );
}
