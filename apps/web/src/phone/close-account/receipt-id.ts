// The id of a receipt, made by the phone before it asks for it: whoever knows the id can fetch the receipt.
import { makeId } from '@sonrisa/protocol/ids.ts';

export const newReceiptId = (): string => makeId('erasure', crypto.getRandomValues(new Uint8Array(16)));
