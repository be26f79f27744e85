// Web Push: messages encrypted for one phone (RFC 8291) and signed with the server's own key (VAPID, RFC 8292) by the `web-push`
// library, sent by fetch so that time-outs and redirects are ours to decide. The key is made on the first start and kept with mode 0600: with
// another one every subscription would be void.
import { join } from 'node:path';
import webPush from 'web-push';
import type { PushSender } from '../push/index.ts';
import { keepFirst, readIfThere } from './key-file.ts';

const fileName = 'web-push.json';
const sendTimeoutMs = 10_000;
/** The push service has no such subscription, or no longer (RFC 8030, section 7.3). */
const goneStatuses = new Set([404, 410]);
/** Too slow or too much for now: another try may meet a better moment. */
const passingStatuses = new Set([408, 425, 429]);

/** `contact`: whom a push service writes to when something is wrong: an https: or mailto: address. */
export function createPushSender({ keysDir, contact }: { keysDir: string; contact: string }): PushSender {
  const file = join(keysDir, fileName);
  const keys = JSON.parse(readIfThere(file) ?? keepFirst(file, JSON.stringify(webPush.generateVAPIDKeys()))) as { publicKey: string; privateKey: string };
  return {
    publicKey: keys.publicKey,
    async send({ target, payload, ttlS, urgent }) {
      const request = webPush.generateRequestDetails({ endpoint: target.endpoint, keys: { p256dh: target.p256dh, auth: target.auth } }, payload, {
        vapidDetails: { subject: contact, ...keys },
        TTL: ttlS,
        urgency: urgent ? 'high' : 'normal',
        contentEncoding: 'aes128gcm',
      });
      const answer = await fetch(request.endpoint, {
        method: request.method,
        headers: request.headers as Record<string, string>,
        body: new Uint8Array(request.body as Buffer),
        // Not followed, and no answer of a push service (RFC 8030).
        redirect: 'manual',
        signal: AbortSignal.timeout(sendTimeoutMs),
      });
      await answer.body?.cancel();
      return outcomeOf(answer);
    },
  };
}

function outcomeOf({ ok, status }: Response): 'sent' | 'gone' | 'refused' | 'failed' {
  if (ok) return 'sent';
  if (goneStatuses.has(status)) return 'gone';
  return status >= 500 || passingStatuses.has(status) ? 'failed' : 'refused';
}
