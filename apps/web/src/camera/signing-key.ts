// This device's own signing key: ECDSA P-256, private part non-extractable, kept in IndexedDB.
import { webCryptoSigner, type CaptureSigner } from '@sonrisa/protocol/burst.ts';
import { publicJwkSchema } from '@sonrisa/protocol/capture.ts';

const databaseName = 'sonrisa';
const storeName = 'keys';
const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/** `owner` keeps a till's key apart from a phone's when both pages run in one browser. */
export async function deviceSigner(owner: 'till' | 'phone'): Promise<CaptureSigner> {
  const database = await openDatabase();
  try {
    const pair = (await read(database, owner)) ?? (await createPair(database, owner));
    const publicJwk = publicJwkSchema.parse(await crypto.subtle.exportKey('jwk', pair.publicKey));
    return webCryptoSigner({ publicJwk, privateKey: pair.privateKey });
  } finally {
    database.close();
  }
}

async function createPair(database: IDBDatabase, owner: string): Promise<CryptoKeyPair> {
  const pair = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']);
  await settle(database.transaction(storeName, 'readwrite').objectStore(storeName).put(pair, owner));
  return pair;
}

async function read(database: IDBDatabase, owner: string): Promise<CryptoKeyPair | undefined> {
  return (await settle(database.transaction(storeName).objectStore(storeName).get(owner))) as CryptoKeyPair | undefined;
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(databaseName, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(storeName);
  return settle(request);
}

function settle<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the key store did not open'));
  });
}
