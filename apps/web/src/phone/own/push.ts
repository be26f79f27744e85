// Web Push in this browser: the service worker, the permission and the subscription. Nothing here runs before somebody asks for it.
import { pushSubscriptionSchema } from '@sonrisa/protocol/push-api.ts';
import type { OwnPhoneClient } from '../own-phone-client.ts';

/** `denied`: the person has told the browser no; only its settings can change that. */
export type PushState = 'unsupported' | 'denied' | 'off' | 'on';

const workerPath = '/phone/push-worker.js';
const scope = '/phone/';

export async function pushState(): Promise<PushState> {
  if (!('serviceWorker' in navigator) || !('PushManager' in window) || !('Notification' in window)) return 'unsupported';
  if (Notification.permission === 'denied') return 'denied';
  const worker = await navigator.serviceWorker.getRegistration(scope);
  return (await worker?.pushManager.getSubscription()) ? 'on' : 'off';
}

/** Asks the person, who may say no: then nothing changes. Throws what the browser or the server says. */
export async function subscribe(client: OwnPhoneClient, session: string): Promise<void> {
  if ((await Notification.requestPermission()) !== 'granted') return;
  const { publicKey } = await client.pushKey(session);
  await navigator.serviceWorker.register(workerPath, { scope });
  const worker = await navigator.serviceWorker.ready;
  const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey });
  try {
    await client.pushSubscribe(session, pushSubscriptionSchema.parse(made.toJSON()));
  } catch (error) {
    // The browser must not say "on" where the server knows of nothing.
    await made.unsubscribe();
    throw error;
  }
}

export async function unsubscribe(client: OwnPhoneClient, session: string): Promise<void> {
  const worker = await navigator.serviceWorker.getRegistration(scope);
  const made = await worker?.pushManager.getSubscription();
  if (!made) return;
  await client.pushRemove(session, made.endpoint);
  await made.unsubscribe();
}
