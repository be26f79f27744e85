// The outbox as the page knows it: read whenever the stream opens or breaks, and added to by the stream in between.
import { outboxSchema, type OutboxMessage } from '@sonrisa/protocol/back-office-api.ts';
import { useEffect, useState } from 'react';
import { codeOf, type Api } from '../api.ts';
import type { SentenceCode } from '../i18n/texts/en/problems.ts';
import { followOutbox, type LiveState, type LiveTools } from './live.ts';
import { mergeMessages } from './messages.ts';

export type OutboxTools = LiveTools & { api: Api; now: () => number; copy: (text: string) => Promise<void> };

const readLimit = 200;

export type Outbox = {
  /** Null until the first answer. */
  messages: OutboxMessage[] | null;
  live: LiveState;
  /** The message the stream brought last. */
  newest: OutboxMessage | null;
  problem: SentenceCode | null;
};

export function useOutbox(tools: OutboxTools): Outbox {
  const [messages, setMessages] = useState<OutboxMessage[] | null>(null);
  const [newest, setNewest] = useState<OutboxMessage | null>(null);
  const [live, setLive] = useState<LiveState>('connecting');
  const [problem, setProblem] = useState<SentenceCode | null>(null);
  useEffect(() => {
    let here = true;
    let reading = false;
    const add = (arrived: OutboxMessage[]) => setMessages((kept) => mergeMessages(kept ?? [], arrived));
    const read = async (): Promise<void> => {
      if (reading) return;
      reading = true;
      try {
        const answer = await tools.api.request({ method: 'GET', path: `/api/sandbox/outbox?limit=${readLimit}`, schema: outboxSchema });
        if (!here) return;
        add(answer.messages);
        setProblem(null);
      } catch (error) {
        if (!here) return;
        const code = codeOf(error);
        setProblem(code);
        // Production has no outbox, and will not get one while this page is open.
        if (code === 'not_found') stop();
      } finally {
        reading = false;
      }
    };
    const stop = followOutbox(tools, {
      onState: (state) => {
        setLive(state);
        void read();
      },
      onMessage: (message) => {
        add([message]);
        setNewest(message);
      },
    });
    return () => {
      here = false;
      stop();
    };
  }, [tools]);
  return { messages, live, newest, problem };
}
