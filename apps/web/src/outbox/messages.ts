// Text messages as a developer reads them: newest first, found by part of a number, with the code and the links picked out.
import type { OutboxMessage } from '@sonrisa/protocol/back-office-api.ts';

/** A page left open for days must not grow for ever. */
export const keptMessagesMax = 500;

/** Each message once, newest first. */
export function mergeMessages(kept: readonly OutboxMessage[], arrived: readonly OutboxMessage[]): OutboxMessage[] {
  const byId = new Map([...kept, ...arrived].map((message) => [message.id, message]));
  return [...byId.values()].sort(newestFirst).slice(0, keptMessagesMax);
}

/** `search` as people type a number: spaces and dashes do not count, and any part of it will do. */
export function isTo(message: OutboxMessage, search: string): boolean {
  return digitsOf(message.to).includes(digitsOf(search).replace(/^00/, ''));
}

/** The six digits of a one-time code, or null. */
export function codeIn(text: string): string | null {
  return /(?<![\w.,+-])\d{6}(?![\w-]|[.,]\d)/.exec(text.replace(linkPattern, ' '))?.[0] ?? null;
}

export type TextPiece = { kind: 'text' | 'link'; text: string };

/** The text cut at its web addresses. Only http and https count. */
export function piecesOf(text: string): TextPiece[] {
  const pieces: TextPiece[] = [];
  let end = 0;
  for (const { 0: match, index } of text.matchAll(linkPattern)) {
    const link = match.replace(/[.,;:!?)\]'"]+$/, '');
    pieces.push({ kind: 'text', text: text.slice(end, index) }, { kind: 'link', text: link });
    end = index + link.length;
  }
  pieces.push({ kind: 'text', text: text.slice(end) });
  return pieces.filter((piece) => piece.text !== '');
}

// Visible ASCII ends where a Chinese sentence goes on.
const linkPattern = /https?:\/\/[\x21-\x7e]+/g;

const digitsOf = (text: string): string => text.replace(/\D/g, '');

function newestFirst(a: OutboxMessage, b: OutboxMessage): number {
  return b.sentAtMs - a.sentAtMs || (a.id < b.id ? 1 : -1);
}
