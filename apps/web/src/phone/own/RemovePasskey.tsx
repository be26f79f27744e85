// A passkey goes, once the PIN or another passkey has said that its owner means it.
import { useTranslation } from 'react-i18next';
import { Dialog } from '../../ui/Dialog.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { usePhone } from '../phone-context.ts';
import { ProveOwner } from './ProveOwner.tsx';
import { useProving } from './use-proving.ts';

export function RemovePasskey(props: { payerId: string; passkeyId: string; others: readonly string[]; onDone: () => void; onClose: () => void }) {
  const { t } = useTranslation('phone');
  const { model, tools } = usePhone();
  const { payerId, passkeyId: id, others, onDone, onClose } = props;
  const { busy, problem, round, prove } = useProving(async (proof) => (await tools.own.removePasskey(model.session ?? '', { id, proof }), onDone()), () => undefined);
  return (
    <Dialog title={t('passkeyRemoveTitle')} testId="passkey-remove" onClose={onClose}>
      <p className="text-soft">{t('passkeyRemoveText')}</p>
      {problem ? <Problem code={problem} /> : null}
      <ProveOwner act={{ act: 'remove_passkey', payerId, subject: id }} passkeyIds={others} busy={busy} round={round} onProof={(make) => void prove(make)} />
    </Dialog>
  );
}
