// The risk rules: which decide, every version, and every change of what decides.
import type { OperatorStore, RiskRollOut } from '@sonrisa/protocol/risk-api.ts';
import { useTranslation } from 'react-i18next';
import { Fetched } from '../../ui/Fetched.tsx';
import { useRead } from '../operator-context.ts';
import { FigureTable, Panel } from '../Panel.tsx';
import { hashOf } from '../route.ts';
import { WriteLink } from './draft/WriteLink.tsx';
import { InCharge } from './InCharge.tsx';
import type { RuleSetHead } from './risk-client.ts';
import { useRollOuts, useStores, useWords } from './use-roll-out.ts';

export function Risk() {
  const { t } = useTranslation('risk');
  const rollOuts = useRollOuts();
  const stores = useStores();
  const versions = useRead(['risk', 'rule-sets'], (client, token) => client.ruleSets(token));
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-x-8 gap-y-4">
        <div>
          <h1 className="text-3xl font-extrabold">{t('title')}</h1>
          <p className="text-soft mt-1 max-w-3xl">{t('lead')}</p>
        </div>
        <WriteLink from={null} />
      </div>
      <Fetched query={rollOuts}>
        {(read) => (
          <>
            <InCharge rollOuts={read} stores={stores.data ?? []} />
            <Fetched query={versions}>{(heads) => <Versions heads={heads} rollOut={read[0]} stores={stores.data ?? []} />}</Fetched>
            <History rollOuts={read} stores={stores.data ?? []} />
          </>
        )}
      </Fetched>
    </>
  );
}

function Versions({ heads, rollOut, stores }: { heads: readonly RuleSetHead[]; rollOut: RiskRollOut | undefined; stores: readonly OperatorStore[] }) {
  const { t } = useTranslation('risk');
  const words = useWords(stores);
  return (
    <Panel title={t('versions')} text={t('versionsText')} testId="versions">
      <FigureTable
        caption={t('versions')}
        heads={[t('versionHead'), t('note'), t('state'), t('rulesCount'), t('made')]}
        texts={[1, 2, 4]}
        rows={heads.map((head) => ({
          id: String(head.version),
          cells: [
            <a key="version" href={hashOf({ page: 'risk_version', version: head.version })} data-testid={`version-${head.version}`} className="min-h-8 inline-flex items-center font-bold text-crust underline underline-offset-4 whitespace-nowrap">
              {t('version', { n: head.version })}
            </a>,
            head.note,
            rollOut ? <State key="state" version={head.version} rollOut={rollOut} /> : null,
            head.rules,
            words.at(head.madeAtMs),
          ],
        }))}
      />
    </Panel>
  );
}

function State({ version, rollOut: { active, candidate } }: { version: number; rollOut: RiskRollOut }) {
  const { t } = useTranslation('risk');
  if (version === active) return <Badge look="bg-good-glow text-good">{t(candidate?.stage === 'stores' ? 'state_activeElsewhere' : 'state_active')}</Badge>;
  if (version !== candidate?.version) return <span className="text-soft">{t('state_none')}</span>;
  if (candidate.stage === 'shadow') return <Badge look="bg-sunk text-ink">{t('state_shadow')}</Badge>;
  const n = candidate.storeIds.length;
  return <Badge look="bg-glow text-ink">{n === 1 ? t('state_store') : t('state_stores', { n })}</Badge>;
}

const Badge = ({ look, children }: { look: string; children: string }) => <span className={`inline-block rounded-full px-3 py-1 text-sm font-bold whitespace-nowrap ${look}`}>{children}</span>;

function History({ rollOuts, stores }: { rollOuts: readonly RiskRollOut[]; stores: readonly OperatorStore[] }) {
  const { t } = useTranslation('risk');
  const words = useWords(stores);
  return (
    <Panel title={t('history')} text={t('historyText')} testId="history">
      <FigureTable
        caption={t('history')}
        heads={[t('at'), t('what'), t('reason'), t('who')]}
        texts={[1, 2, 3]}
        rows={rollOuts.map((rollOut) => ({ id: String(rollOut.number), cells: [words.at(rollOut.atMs), words.decides(rollOut).join(' '), rollOut.reason, words.who(rollOut.setBy)] }))}
      />
    </Panel>
  );
}
