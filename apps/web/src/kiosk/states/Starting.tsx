// Page load: an activated till reads its profile and menu, and checks that the vault's key is still the pinned one.
import { useTranslation } from 'react-i18next';
import { isKnownKey } from '../../camera/seal-look.ts';
import { ApiError } from '../../api.ts';
import { needsActivation } from '../failure.ts';
import { activationCodeIn, forgetInstallation, readInstallation } from '../installation.ts';
import { useEntry, useKiosk } from '../kiosk-context.ts';
import { Screen } from '../Screen.tsx';
import { Waiting } from './Activation.tsx';

export function Starting() {
  const { t } = useTranslation('ui');
  const { send, tools } = useKiosk();
  useEntry(async () => {
    const code = activationCodeIn(location.hash);
    if (code) history.replaceState(null, '', location.pathname);
    const kept = readInstallation(tools.storage);
    if (!kept) return send({ type: 'activation_needed', code, problem: null });
    try {
      const [profile, menu] = await Promise.all([tools.client.profile(kept.token), tools.client.menu(kept.token)]);
      if (!(await isKnownKey(profile.vaultKey, kept.pinnedVaultThumbprint))) return send({ type: 'vault_key_changed' });
      send({ type: 'installed', installed: { profile, token: kept.token, menu } });
    } catch (error) {
      if (!(error instanceof ApiError) || !needsActivation.has(error.code)) throw error;
      forgetInstallation(tools.storage);
      send({ type: 'activation_needed', code, problem: code ? null : 'terminal_revoked' });
    }
  });
  return <Screen picture={<Waiting />} title={t('loading')} />;
}
