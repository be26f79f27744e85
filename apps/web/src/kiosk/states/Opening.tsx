// Asks for the payment (once for a basket) and for one look.
import { useTranslation } from 'react-i18next';
import { leftOut } from '../../camera/left-out.ts';
import { newPaymentOf } from '../basket.ts';
import { useEntry, useInstalled, useKiosk } from '../kiosk-context.ts';
import { Screen } from '../Screen.tsx';
import { Waiting } from './Activation.tsx';

export function Opening() {
  const { t } = useTranslation('kiosk');
  const { model, send, tools } = useKiosk();
  const { menu, token } = useInstalled();
  useEntry(async (stillHere) => {
    const { client } = tools;
    const create = () => client.createPayment(token, newPaymentOf(menu, model.basket), model.createKey ?? tools.newKey());
    const payment = model.payment ?? (await create());
    const ticket = await client.openLook(token, payment.id, leftOut(model.avoided));
    if (stillHere()) send({ type: 'look_opened', payment, ticket });
    // The shopper left while the payment was being made: it must not stay open.
    else if (!model.payment) client.cancel(token, payment.id).catch(() => undefined);
  });
  return <Screen picture={<Waiting />} title={t('opening')} />;
}
