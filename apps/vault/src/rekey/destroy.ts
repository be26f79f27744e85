// The end of every template at once, for an installation that closes or was broken into: the records go, and the keys that
// opened them, so that no backup of the database opens either. Accounts and money are the server's and are not touched.
import type { TemplatesDestroyed } from '@sonrisa/protocol/vault-api.ts';
import type { Clock } from '../adapters/system.ts';
import type { Database } from '../db/database.ts';
import type { Gallery } from '../gallery.ts';
import { lockGallery } from '../gallery.ts';
import type { TemplateKeys } from '../template-keys.ts';

/** The vault enrols nobody afterwards, until it is started again and makes new keys. */
export type DestroyTemplates = () => Promise<TemplatesDestroyed>;

export function createDestroyTemplates(deps: { db: Database; templateKeys: TemplateKeys; gallery: Gallery; clock: Clock }): DestroyTemplates {
  const { db, templateKeys, gallery, clock } = deps;
  return async () => {
    const destroyed = await db.transaction(async (tx) => {
      await lockGallery(tx);
      await tx.rows('SELECT version FROM template_key_current FOR UPDATE');
      await tx.rows('DELETE FROM look');
      const templates = await tx.rows('DELETE FROM face_template RETURNING id');
      const faces = await tx.rows('DELETE FROM face RETURNING payer_ref');
      // Destroyed already, as far as any process that starts now is concerned; the files follow.
      await tx.rows('UPDATE template_key SET emptied_at = coalesce(emptied_at, $1::timestamptz - interval \'1 hour\'), destroyed_at = coalesce(destroyed_at, $1)', [new Date(clock.nowMs())]);
      await tx.rows('INSERT INTO template_key (version) SELECT version + 1 FROM template_key_current');
      await tx.rows('UPDATE template_key_current SET version = version + 1');
      // A gap in the changes makes every process read all of the gallery anew, which is nobody.
      await tx.rows("WITH next AS (UPDATE gallery_version SET version = version + 2 RETURNING version) INSERT INTO gallery_change (version, payer_ref) SELECT version, '' FROM next");
      return { faces: faces.length, templates: templates.length };
    });
    const versions = templateKeys.versions();
    for (const version of versions) await templateKeys.destroy(version);
    await gallery.catchUp();
    return { ...destroyed, keyVersions: versions };
  };
}
