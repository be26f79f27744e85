// The first start of a till: a code, typed or carried by the address, and then its own key and the vault's key are fixed.
import { Store } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isKnownKey } from '../../camera/seal-look.ts';
import type { SentenceCode } from '../../i18n/texts/en/problems.ts';
import { Button } from '../../ui/Button.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { Ring } from '../../ui/Ring.tsx';
import { keepInstallation } from '../installation.ts';
import { useEntry, useKiosk } from '../kiosk-context.ts';
import { Screen, Spot } from '../Screen.tsx';

export function Activation(props: { problem: SentenceCode | null }) {
  const { t } = useTranslation('kiosk');
  const { send } = useKiosk();
  const [code, setCode] = useState('');
  return (
    <Screen picture={<Spot><Store aria-hidden="true" className="size-12" /></Spot>} title={t('activationTitle')} text={t('activationText')}>
      <form
        className="w-full max-w-md flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (code.trim().length >= 4) send({ type: 'activate', code: code.trim() });
        }}
      >
        <input
          data-testid="activation-code"
          aria-label={t('activationLabel')}
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          value={code}
          onChange={(event) => setCode(event.target.value)}
          className="w-full min-h-16 rounded-3xl border-2 border-edge bg-card px-5 text-center text-2xl font-extrabold tracking-widest uppercase"
        />
        {props.problem ? <Problem code={props.problem} /> : null}
        <Button type="submit" look="primary" size="large" wide testId="activate" disabled={code.trim().length < 4}>
          {t('activate')}
        </Button>
      </form>
    </Screen>
  );
}

export function Activating(props: { code: string }) {
  const { t } = useTranslation('kiosk');
  const { send, tools } = useKiosk();
  useEntry(async () => {
    const { publicJwk } = await tools.signer();
    const { token, ...profile } = await tools.client.activate(props.code, publicJwk);
    if (!(await isKnownKey(profile.vaultKey, null))) return send({ type: 'vault_key_changed' });
    keepInstallation(tools.storage, { token, pinnedVaultThumbprint: profile.vaultKey.thumbprint });
    send({ type: 'installed', installed: { profile, token, menu: await tools.client.menu(token) } });
  });
  return <Screen picture={<Waiting />} title={t('activating')} />;
}

export function Waiting() {
  return (
    <span className="relative size-28">
      <Ring share={0.3} turning />
    </span>
  );
}
