// Step 1: name and number; an SMS code goes out.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLanguage } from '../../i18n/setup.ts';
import { Mark } from '../../ui/Brand.tsx';
import { Button } from '../../ui/Button.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { failedEvent, usePhone } from '../phone-context.ts';
import { Step } from '../Step.tsx';

export function NumberStep() {
  const { t } = useTranslation('phone');
  const { model, send, tools } = usePhone();
  const { language } = useLanguage();
  const [name, setName] = useState('');
  const [phone, setPhone] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = (): void => {
    setBusy(true);
    const { inviteId } = model;
    tools.client
      .start({ phone: phone.trim(), name: name.trim(), locale: language, ...(inviteId ? { inviteId } : {}) })
      .then((enrolment) => send({ type: 'enrolment_started', enrolment }))
      .catch((error: unknown) => {
        setBusy(false);
        send(failedEvent(error));
      });
  };
  return (
    <form
      className="contents"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Step
        picture={<Mark className="size-20 animate-pop" />}
        title={model.intent ? t(`recovery:help_${model.intent}`) : t('numberTitle')}
        text={model.intent ? t(`recovery:help_${model.intent}_text`) : model.inviteId ? t('invited') : t('numberText')}
        actions={
          <Button type="submit" look="primary" size="large" wide testId="continue" disabled={busy || name.trim() === '' || phone.trim() === ''}>
            {t('sendCode')}
          </Button>
        }
      >
        <TextField label={t('nameLabel')} note={t('nameNote')} testId="phone-name" autoComplete="name" value={name} onChange={setName} maxLength={40} />
        <TextField label={t('phoneLabel')} note={t('phoneNote')} testId="phone-number" type="tel" inputMode="tel" autoComplete="tel" placeholder={t('phonePlaceholder')} value={phone} onChange={setPhone} maxLength={32} />
        {model.intent ? (
          <Button look="quiet" size="small" testId="no-help" onClick={() => send({ type: 'start_over' })}>
            {t('recovery:helpBack')}
          </Button>
        ) : (
          <Button look="quiet" size="small" testId="trouble" onClick={() => send({ type: 'help_wanted' })}>
            {t('recovery:trouble')}
          </Button>
        )}
      </Step>
    </form>
  );
}
