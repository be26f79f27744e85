// A new store of a merchant.
import { isTimeZone, type MerchantDetails, type NewStore } from '@sonrisa/protocol/set-up-api.ts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { minorOf } from '../../ui/minor-of.ts';
import { Problem } from '../../ui/Problem.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { Panel } from '../Panel.tsx';
import { useAction } from '../use-action.ts';

const blank = { name: '', nameZh: '', address: '', timeZone: 'Asia/Shanghai', pinFrom: '200', place: '' };

export function NewStoreForm({ merchant }: { merchant: MerchantDetails }) {
  const { t } = useTranslation('shops');
  const { busy, problem, run } = useAction(['merchant', merchant.id], ['merchants']);
  const [typed, setTyped] = useState(blank);
  const set = (field: keyof typeof blank) => (value: string) => setTyped((before) => ({ ...before, [field]: value }));
  const store = newStoreOf(typed, merchant.currency);
  return (
    <Panel title={t('newStore')} testId="new-store">
      <form
        className="grid gap-5 lg:grid-cols-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (store) run((client, token, key) => client.addStore(token, merchant.id, store, key), () => setTyped(blank));
        }}
      >
        <TextField label={t('name')} note={t('storeNameNote')} testId="store-name" value={typed.name} onChange={set('name')} maxLength={80} />
        <TextField label={t('nameZh')} note={t('nameZhNote')} testId="store-name-zh" value={typed.nameZh} onChange={set('nameZh')} maxLength={80} />
        <TextField label={t('address')} note={t('addressNote')} testId="store-address" value={typed.address} onChange={set('address')} maxLength={200} />
        <TextField label={t('timeZone')} note={t('timeZoneNote')} testId="store-time-zone" value={typed.timeZone} onChange={set('timeZone')} maxLength={64} />
        <TextField label={t('pinFrom')} note={t('pinFromNote', { currency: merchant.currency })} testId="store-pin-from" inputMode="decimal" value={typed.pinFrom} onChange={set('pinFrom')} maxLength={15} />
        <TextField label={t('place')} note={t('placeNote')} testId="store-place" value={typed.place} onChange={set('place')} maxLength={40} />
        <div className="flex flex-col gap-3 lg:col-span-2">
          {problem ? <Problem code={problem} /> : null}
          <Button look="primary" type="submit" className="self-start" testId="add-store" disabled={busy || store === null}>
            {t('addStore')}
          </Button>
        </div>
      </form>
    </Panel>
  );
}

/** Null until everything is there and is what it should be. */
function newStoreOf(typed: typeof blank, currency: string): NewStore | null {
  const pinFromMinor = minorOf(typed.pinFrom, currency);
  const [name, timeZone] = [typed.name.trim(), typed.timeZone.trim()];
  const place = typed.place.trim() === '' ? null : placeOf(typed.place);
  if (name === '' || pinFromMinor === null || place === undefined || !isTimeZone(timeZone)) return null;
  return { name, nameZh: typed.nameZh.trim() || name, address: typed.address.trim(), timeZone, pinFromMinor, place };
}

// Latitude, longitude, as maps give them; undefined: neither.
function placeOf(typed: string): NewStore['place'] | undefined {
  const found = /^\s*(-?\d{1,2}(?:\.\d+)?)\s*[,，]\s*(-?\d{1,3}(?:\.\d+)?)\s*$/.exec(typed);
  if (!found) return undefined;
  const [latitude, longitude] = [Number(found[1]), Number(found[2])];
  return Math.abs(latitude) > 90 || Math.abs(longitude) > 180 ? undefined : { latitude, longitude };
}
