// One terminal that was moved: whose it is, from which network to which, since when, and what can be done about it.
import type { MovedTerminal } from '@sonrisa/protocol/back-office-api.ts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLanguage } from '../../i18n/setup.ts';
import { useDay } from '../../i18n/use-day.ts';
import { Button } from '../../ui/Button.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { SureDialog } from '../../ui/SureDialog.tsx';
import { Fact, FactList } from '../cases/Facts.tsx';
import { hashOf } from '../route.ts';
import { useAction } from '../use-action.ts';

type Shown = { terminal: MovedTerminal; onDone: (said: string) => void };

export function MovedCard({ terminal, onDone }: Shown) {
  const { t } = useTranslation('terminals');
  const { language } = useLanguage();
  const day = useDay();
  const { merchant, store, networks, cameraChangedAtMs, kind, id } = terminal;
  const named = ({ name, nameZh }: { name: string; nameZh: string }) => (language === 'zh' ? nameZh : name);
  return (
    <li data-testid="moved" data-terminal={id} className="rounded-[2rem] bg-card border border-line p-6 grid gap-6 items-start lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="flex flex-col gap-5 min-w-0">
        <div>
          <h2 className="text-xl font-extrabold">{named(store)}</h2>
          <p className="text-soft">
            <a href={hashOf({ page: 'merchant', id: merchant.id })} data-testid="moved-merchant" className="underline underline-offset-4 hover:text-ink">
              {named(merchant)}
            </a>{' '}
            · {t(`kind_${kind}`)}
          </p>
        </div>
        <FactList>
          <Fact name={t('knownNetworks')}>{networks.known.join(', ')}</Fact>
          <Fact name={t('waitingNetwork')}><strong data-testid="moved-network">{networks.waiting?.network ?? '–'}</strong></Fact>
          <Fact name={t('since')}>{networks.waiting ? day(networks.waiting.firstSeenAtMs) : '–'}</Fact>
          <Fact name={t('lastAsked')}>{networks.waiting ? day(networks.waiting.lastSeenAtMs) : '–'}</Fact>
          <Fact name={t('camera')}>{cameraChangedAtMs === null ? t('cameraSame') : t('cameraChanged', { at: day(cameraChangedAtMs) })}</Fact>
          <Fact name={t('activated')}>{day(terminal.activatedAtMs)}</Fact>
        </FactList>
        <code className="text-xs text-soft [overflow-wrap:anywhere]">{id}</code>
      </div>
      <Decide terminal={terminal} onDone={onDone} />
    </li>
  );
}

function Decide({ terminal: { id, store, networks }, onDone }: Shown) {
  const { t } = useTranslation('terminals');
  const { language } = useLanguage();
  const { busy, problem, run } = useAction(['moved-terminals']);
  const [asking, setAsking] = useState<'confirm' | 'revoke' | null>(null);
  const shop = language === 'zh' ? store.nameZh : store.name;
  const network = networks.waiting?.network ?? '';
  const act = (what: 'confirm' | 'revoke'): void => {
    setAsking(null);
    run(
      async (client, token, key) => void (await (what === 'confirm' ? client.confirmNetwork(token, id, network, key) : client.revokeTerminal(token, id, key))),
      () => onDone(t(`${what}Done`, { shop, network })),
    );
  };
  return (
    <div className="flex flex-col gap-3">
      {problem ? <Problem code={problem} /> : null}
      <Button look="soft" wide testId="confirm-network" disabled={busy || network === ''} onClick={() => setAsking('confirm')}>
        {t('confirm')}
      </Button>
      <Button look="danger" wide testId="revoke-terminal" disabled={busy} onClick={() => setAsking('revoke')}>
        {t('revoke')}
      </Button>
      {asking === null ? null : (
        <SureDialog
          title={t(`${asking}Sure`, { shop })}
          text={t(`${asking}SureText`, { network })}
          yes={t(asking)}
          testId={`${asking}-sure`}
          onYes={() => act(asking)}
          onClose={() => setAsking(null)}
        />
      )}
    </div>
  );
}
