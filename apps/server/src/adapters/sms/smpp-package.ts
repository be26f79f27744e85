// What we use of `smpp`, which brings no types.
import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import type { Server as NetServer, Socket } from 'node:net';

export type Pdu = {
  command: string;
  command_status: number;
  sequence_number: number;
  message_id?: string;
  [field: string]: unknown;
  response(fields?: Record<string, unknown>): Pdu;
};
type Answer = (answer: Pdu) => void;
/** False: the socket takes nothing any more. */
type Ask = (fields: Record<string, unknown>, onAnswer: Answer) => boolean;
export type Session = EventEmitter & {
  socket: Socket;
  send(pdu: Pdu): boolean;
  bind_transceiver: Ask;
  submit_sm: Ask;
  deliver_sm: Ask;
  enquire_link: Ask;
  unbind: Ask;
  close(): void;
  destroy(): void;
};
type Smpp = {
  connect(options: Record<string, unknown>): Session;
  createServer(onSession: (session: Session) => void): NetServer & { sessions: Session[] };
};

export const smpp = createRequire(import.meta.url)('smpp') as Smpp;
