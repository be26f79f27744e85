// One merchant: its stores with codes for their terminals, its keys, and what two people decide about it: fees and bank account.
import type { MerchantDetails, Store } from '@sonrisa/protocol/set-up-api.ts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { Button } from '../../ui/Button.tsx';
import { Fetched } from '../../ui/Fetched.tsx';
import { Money } from '../../ui/Money.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { useRead } from '../operator-context.ts';
import { AccountForm } from '../proposals/AccountForm.tsx';
import { FeesForm } from '../proposals/FeesForm.tsx';
import { useFeesText } from '../proposals/fees-text.ts';
import { WaitingHere } from '../proposals/WaitingHere.tsx';
import { FigureTable, Panel } from '../Panel.tsx';
import { hashOf } from '../route.ts';
import { useAction } from '../use-action.ts';
import { Keys } from './Keys.tsx';
import { NewStoreForm } from './NewStoreForm.tsx';
import { ShownOnce } from './ShownOnce.tsx';

export function Shop({ id }: { id: string }) {
  const merchant = useRead(['merchant', id], (client, token) => client.merchant(token, id));
  return <Fetched query={merchant}>{(read) => <Details merchant={read} />}</Fetched>;
}

function Details({ merchant }: { merchant: MerchantDetails }) {
  const { t } = useTranslation('shops');
  const { language } = useLanguage();
  const fee = useFeesText()(merchant.fees, merchant.currency);
  return (
    <>
      <div>
        <a href={hashOf({ page: 'merchants' })} data-testid="back-merchants" className="font-bold text-soft hover:text-ink underline-offset-4 hover:underline">
          {t('back')}
        </a>
        <h1 className="text-3xl font-extrabold mt-2">{language === 'zh' ? merchant.nameZh : merchant.name}</h1>
        <p className="text-soft mt-1">{t('about', { currency: merchant.currency, fee, category: merchant.categoryCode ?? '–', items: merchant.menuItems })}</p>
        <p className="text-sm text-soft"><code>{merchant.id}</code></p>
      </div>
      <WaitingHere merchantId={merchant.id} />
      <Stores merchant={merchant} />
      <NewStoreForm merchant={merchant} />
      <Keys merchant={merchant} />
      <Panel title={t('fees')} text={t('feesText')} testId="merchant-fees">
        <FeesForm key={JSON.stringify(merchant.fees)} merchant={merchant} />
      </Panel>
      <Panel title={t('account')} text={t('accountText')} testId="merchant-account">
        <AccountForm owner={merchant.id} currency={merchant.currency} />
      </Panel>
    </>
  );
}

function Stores({ merchant }: { merchant: MerchantDetails }) {
  const { t } = useTranslation('shops');
  const { language } = useLanguage();
  return (
    <Panel title={t('stores')} text={t('storesText')} testId="stores">
      {merchant.storeList.length === 0 ? (
        <p data-testid="stores-none" className="text-soft">{t('storesNone')}</p>
      ) : (
        <FigureTable
          caption={t('stores')}
          heads={[t('name'), t('address'), t('timeZone'), t('pinFrom'), t('terminal')]}
          texts={[1, 2, 4]}
          rows={merchant.storeList.map((store) => ({
            id: store.id,
            cells: [
              language === 'zh' ? store.nameZh : store.name,
              store.address || '–',
              store.timeZone,
              <Money key="pin" amount={{ amountMinor: store.pinFromMinor, currency: merchant.currency }} />,
              <TerminalCode key="code" store={store} />,
            ],
          }))}
        />
      )}
    </Panel>
  );
}

function TerminalCode({ store }: { store: Store }) {
  const { t } = useTranslation('shops');
  const { language } = useLanguage();
  const { busy, problem, run } = useAction();
  const [code, setCode] = useState<{ code: string; expiresAtMs: number } | null>(null);
  const until = code === null ? '' : new Intl.DateTimeFormat(intlLocale(language), { dateStyle: 'medium', timeStyle: 'short' }).format(code.expiresAtMs);
  return (
    <div className="flex flex-col items-start gap-2">
      {problem ? <Problem code={problem} /> : null}
      {code === null ? (
        <Button size="small" testId="issue-code" disabled={busy} onClick={() => run((client, token, key) => client.issueCode(token, store.id, key), setCode)}>
          {t('issueCode')}
        </Button>
      ) : (
        <ShownOnce text={code.code} note={t('codeText', { until })} testId="terminal-code" />
      )}
    </div>
  );
}
