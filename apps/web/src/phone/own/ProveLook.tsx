// A new face for an account that is there already, the owner's or that of a child of theirs: the server asks for the passkey or the PIN
// unless this phone gave it a moment ago.
import type { LookTicket } from '@sonrisa/protocol/capture.ts';
import type { OwnerProof } from '@sonrisa/protocol/owner-proof.ts';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { leftOut } from '../../camera/left-out.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { Fetched } from '../../ui/Fetched.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { usePhone } from '../phone-context.ts';
import { ProveOwner } from './ProveOwner.tsx';
import { useProving } from './use-proving.ts';

export function useOpenOwnLook(): (session: string, proof?: OwnerProof) => Promise<LookTicket> {
  const { model, tools } = usePhone();
  const { lookingChild } = model;
  return async (session, proof) => {
    const { publicJwk: signer } = await tools.signer();
    const wanted = { signer, avoid: [...leftOut(model.avoided)], ...(proof ? { proof } : {}) };
    return lookingChild ? tools.children.openLook(session, lookingChild, wanted) : tools.client.openNewLook(session, wanted);
  };
}

export function ProveLook({ session }: { session: string }) {
  const { t } = useTranslation('phone');
  const { model, send, tools } = usePhone();
  const open = useOpenOwnLook();
  const known = useQuery({
    queryKey: ['look-proof', session],
    queryFn: async () => {
      const [{ payerId }, { passkeys }] = await Promise.all([tools.client.me(session), tools.own.passkeys(session)]);
      return { payerId, passkeyIds: passkeys.map(({ id }) => id) };
    },
  });
  const { busy, problem, round, prove } = useProving(async (proof) => send({ type: 'look_opened', ticket: await open(session, proof) }), () => undefined);
  const leave = () => send(model.lookingChild ? { type: 'child_wanted', childId: model.lookingChild } : { type: 'go_home' });
  return (
    <Dialog title={t('lookProofTitle')} testId="look-proof" onClose={leave}>
      <p className="text-soft text-center">{t('lookProofText')}</p>
      {problem ? <Problem code={problem} /> : null}
      <Fetched query={known}>
        {({ payerId, passkeyIds }) => (
          <ProveOwner act={{ act: 'new_look', payerId, subject: model.lookingChild ?? payerId }} passkeyIds={passkeyIds} busy={busy} round={round} onProof={(make) => void prove(make)} />
        )}
      </Fetched>
    </Dialog>
  );
}
