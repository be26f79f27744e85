// Keys of a merchant for the merchant API: a new one is shown once, an old one is switched off for good.
import type { MerchantDetails, MerchantKey, MintedKey } from '@sonrisa/protocol/set-up-api.ts';
import { sandboxKeyLabel } from '@sonrisa/protocol/set-up-api.ts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDay } from '../../i18n/use-day.ts';
import { Button } from '../../ui/Button.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { SureDialog } from '../../ui/SureDialog.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { FigureTable, Panel } from '../Panel.tsx';
import { useAction } from '../use-action.ts';
import { ShownOnce } from './ShownOnce.tsx';

export function Keys({ merchant }: { merchant: MerchantDetails }) {
  const { t } = useTranslation('shops');
  const day = useDay();
  const { busy, problem, run } = useAction(['merchant', merchant.id]);
  const [label, setLabel] = useState('');
  const [minted, setMinted] = useState<MintedKey | null>(null);
  const canAdd = label.trim() !== '' && label.trim() !== sandboxKeyLabel;
  return (
    <Panel title={t('keys')} text={t('keysText')} testId="keys">
      {merchant.keys.length === 0 ? null : (
        <FigureTable
          caption={t('keys')}
          heads={[t('keyLabel'), t('keyAdded'), t('keyState')]}
          texts={[1, 2]}
          rows={merchant.keys.map((key) => ({ id: key.id, cells: [key.label || '–', day(key.createdAtMs), <State key="state" merchantId={merchant.id} shown={key} />] }))}
        />
      )}
      {problem ? <Problem code={problem} /> : null}
      {minted ? <ShownOnce text={minted.key} note={t('keyOnce', { label: minted.label })} testId="new-key" /> : null}
      <form
        className="flex flex-wrap items-start gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (canAdd) run((client, token, key) => client.addKey(token, merchant.id, { label: label.trim() }, key), (key) => {
            setMinted(key);
            setLabel('');
          });
        }}
      >
        <div className="grow max-w-md">
          <TextField label={t('keyLabel')} note={t('keyLabelNote')} testId="key-label" value={label} onChange={setLabel} maxLength={40} />
        </div>
        <Button type="submit" testId="add-key" className="mt-8" disabled={busy || !canAdd}>
          {t('addKey')}
        </Button>
      </form>
    </Panel>
  );
}

function State({ merchantId, shown }: { merchantId: string; shown: MerchantKey }) {
  const { t } = useTranslation('shops');
  const day = useDay();
  const { busy, problem, run } = useAction(['merchant', merchantId]);
  const [asking, setAsking] = useState(false);
  if (shown.revokedAtMs !== null) return <span className="text-soft" data-testid="key-off">{t('keyOff', { at: day(shown.revokedAtMs) })}</span>;
  return (
    <>
      {problem ? <Problem code={problem} /> : null}
      <Button size="small" testId="revoke-key" disabled={busy} onClick={() => setAsking(true)}>
        {t('revokeKey')}
      </Button>
      {asking ? (
        <SureDialog
          title={t('revokeSure', { label: shown.label })}
          text={t('revokeSureText')}
          yes={t('revokeKey')}
          testId="revoke-sure"
          onYes={() => {
            setAsking(false);
            run((client, token, key) => client.revokeKey(token, merchantId, shown.id, key));
          }}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </>
  );
}
