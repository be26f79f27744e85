// Merchants: which there are, and a form for a new one.
import type { Merchant, NewMerchant } from '@sonrisa/protocol/set-up-api.ts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { Button } from '../../ui/Button.tsx';
import { Fetched } from '../../ui/Fetched.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { useRead } from '../operator-context.ts';
import { FigureTable, Panel } from '../Panel.tsx';
import { hashOf } from '../route.ts';
import { useAction } from '../use-action.ts';
import { basisPointsOf, percentText } from './percent.ts';

export function Shops() {
  const { t } = useTranslation('shops');
  const merchants = useRead(['merchants'], (client, token) => client.merchants(token));
  return (
    <>
      <div>
        <h1 className="text-3xl font-extrabold">{t('title')}</h1>
        <p className="text-soft mt-1">{t('lead')}</p>
      </div>
      <Fetched query={merchants}>{(read) => <List merchants={read} />}</Fetched>
      <NewMerchantForm />
    </>
  );
}

function List({ merchants }: { merchants: readonly Merchant[] }) {
  const { t } = useTranslation('shops');
  const { language } = useLanguage();
  const locale = intlLocale(language);
  if (merchants.length === 0) return <p data-testid="merchants-none" className="text-lg text-soft">{t('none')}</p>;
  return (
    <Panel title={t('merchants')} testId="merchants">
      <FigureTable
        caption={t('merchants')}
        heads={[t('name'), t('currency'), t('fee'), t('stores')]}
        texts={[1]}
        rows={merchants.map((each) => ({
          id: each.id,
          cells: [
            <a key="name" href={hashOf({ page: 'merchant', id: each.id })} data-testid="open-merchant" className="font-bold underline underline-offset-4">
              {language === 'zh' ? each.nameZh : each.name}
            </a>,
            each.currency,
            percentText(each.fees.basisPoints, locale),
            each.stores,
          ],
        }))}
      />
    </Panel>
  );
}

const blank = { name: '', nameZh: '', currency: 'CNY', categoryCode: '', percent: '0.6' };

function NewMerchantForm() {
  const { t } = useTranslation('shops');
  const { busy, problem, run } = useAction(['merchants']);
  const [typed, setTyped] = useState(blank);
  const set = (field: keyof typeof blank) => (value: string) => setTyped((before) => ({ ...before, [field]: value }));
  const merchant = newMerchantOf(typed);
  return (
    <Panel title={t('newMerchant')} text={t('newMerchantText')} testId="new-merchant">
      <form
        className="grid gap-5 lg:grid-cols-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (merchant) run((client, token, key) => client.addMerchant(token, merchant, key), ({ id }) => {
            setTyped(blank);
            location.hash = hashOf({ page: 'merchant', id });
          });
        }}
      >
        <TextField label={t('name')} note={t('nameNote')} testId="merchant-name" value={typed.name} onChange={set('name')} maxLength={80} />
        <TextField label={t('nameZh')} note={t('nameZhNote')} testId="merchant-name-zh" value={typed.nameZh} onChange={set('nameZh')} maxLength={80} />
        <TextField label={t('category')} note={t('categoryNote')} testId="merchant-category" inputMode="numeric" value={typed.categoryCode} onChange={set('categoryCode')} maxLength={4} />
        <TextField label={t('currency')} note={t('currencyNote')} testId="merchant-currency" value={typed.currency} onChange={set('currency')} maxLength={3} />
        <TextField label={t('feePercent')} note={t('feeNote')} testId="merchant-fee" inputMode="decimal" value={typed.percent} onChange={set('percent')} maxLength={6} />
        <div className="flex flex-col justify-end gap-3">
          {problem ? <Problem code={problem} /> : null}
          <Button look="primary" type="submit" testId="add-merchant" disabled={busy || merchant === null}>
            {t('addMerchant')}
          </Button>
        </div>
      </form>
    </Panel>
  );
}

/** Null until everything is there and is what it should be. */
function newMerchantOf(typed: typeof blank): NewMerchant | null {
  const basisPoints = basisPointsOf(typed.percent);
  const currency = typed.currency.trim().toUpperCase();
  const name = typed.name.trim();
  if (basisPoints === null || name === '' || !/^[A-Z]{3}$/.test(currency) || !/^[0-9]{4}$/.test(typed.categoryCode)) return null;
  return { name, nameZh: typed.nameZh.trim() || name, currency, categoryCode: typed.categoryCode, fees: { basisPoints } };
}
