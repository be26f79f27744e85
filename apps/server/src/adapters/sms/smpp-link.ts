// One bound SMPP session, kept: enquired about while it is quiet, given up when nobody answers, bound again with growing pauses.
import { smpp, type Pdu, type Session } from './smpp-package.ts';

export type SmppAddress = { readonly host: string; readonly port: number; readonly tls: boolean; readonly systemId: string; readonly password: string; readonly systemType: string };
export type SmppTimes = { readonly enquireEveryMs: number; readonly answerWithinMs: number; readonly reconnectMs: { readonly first: number; readonly most: number } };
type Log = { info(fields: object, text: string): void; warn(fields: object, text: string): void };
export type LinkDeps = { readonly name: string; readonly address: SmppAddress; readonly times: SmppTimes; readonly log: Log; readonly onDeliver: (pdu: Pdu) => Promise<'stored' | 'failed'> };

export type SmppLink = {
  isBound(): boolean;
  /** `not_written`: there was no session. `no_answer`: it was written, and then the session was cut or stayed silent. */
  submit(fields: Record<string, unknown>): Promise<Pdu | 'not_written' | 'no_answer'>;
  start(): void;
  stop(): Promise<void>;
};

export const defaultTimes: SmppTimes = { enquireEveryMs: 30_000, answerWithinMs: 10_000, reconnectMs: { first: 1_000, most: 60_000 } };
const interfaceVersion = 0x34;
const temporaryAppError = 0x64;

type Link = LinkDeps & {
  session: Session | undefined;
  isBound: boolean;
  isStopped: boolean;
  pauseMs: number;
  timer: NodeJS.Timeout | undefined;
  enquiries: NodeJS.Timeout | undefined;
  readonly waiting: Set<(answer: 'no_answer') => void>;
};

export function createSmppLink(deps: LinkDeps): SmppLink {
  const link: Link = { ...deps, session: undefined, isBound: false, isStopped: false, pauseMs: deps.times.reconnectMs.first, timer: undefined, enquiries: undefined, waiting: new Set() };
  return {
    isBound: () => link.isBound,
    submit: (fields) =>
      new Promise((resolve) => {
        const { session, isBound, waiting } = link;
        if (!session || !isBound) return resolve('not_written');
        waiting.add(resolve);
        const answered = (answer: Pdu | 'not_written') => {
          waiting.delete(resolve);
          resolve(answer);
        };
        if (!asked(link, { session, command: 'submit_sm', fields, onAnswer: answered })) answered('not_written');
      }),
    start: () => connect(link),
    stop: async () => {
      link.isStopped = true;
      clearTimeout(link.timer);
      const { session } = link;
      if (session && link.isBound) await unbind(link, session);
      if (session) lost(link, session, 'closed');
    },
  };
}

function connect(link: Link): void {
  const { host, port, tls } = link.address;
  const session = smpp.connect({ host, port, tls, servername: host });
  link.session = session;
  const late = setTimeout(() => !link.isBound && lost(link, session, 'no connection'), link.times.answerWithinMs).unref();
  session.on(tls ? 'secureConnect' : 'connect', () => bind(link, session));
  session.on('close', () => {
    clearTimeout(late);
    lost(link, session, 'closed');
  });
  session.on('error', (error: Error & { code?: string }) => lost(link, session, error.code ?? error.message));
  session.on('enquire_link', (pdu: Pdu) => session.send(pdu.response()));
  session.on('unknown', (pdu: Pdu) => session.send(pdu.response()));
  session.on('unbind', (pdu: Pdu) => {
    session.send(pdu.response());
    session.close();
  });
  for (const command of ['deliver_sm', 'data_sm']) {
    session.on(command, (pdu: Pdu) => void link.onDeliver(pdu).then((done) => session.send(pdu.response(done === 'stored' ? {} : { command_status: temporaryAppError }))));
  }
}

function bind(link: Link, session: Session): void {
  const { systemId, password, systemType } = link.address;
  const fields = { system_id: systemId, password, system_type: systemType, interface_version: interfaceVersion };
  asked(link, { session, command: 'bind_transceiver', fields, onAnswer: ({ command_status: status }) => {
    if (status !== 0) return lost(link, session, `bind refused with status 0x${status.toString(16)}`);
    link.isBound = true;
    link.pauseMs = link.times.reconnectMs.first;
    link.log.info({ provider: link.name }, 'The SMPP session is bound');
    link.enquiries = setInterval(() => asked(link, { session, command: 'enquire_link', fields: {}, onAnswer: () => undefined }), link.times.enquireEveryMs).unref();
  } });
}

const unbind = (link: Link, session: Session): Promise<void> =>
  new Promise((resolve) => {
    session.once('close', () => resolve());
    if (!asked(link, { session, command: 'unbind', fields: {}, onAnswer: () => resolve() })) resolve();
  });

type Question = { session: Session; command: 'bind_transceiver' | 'submit_sm' | 'enquire_link' | 'unbind'; fields: Record<string, unknown>; onAnswer: (answer: Pdu) => void };

// Every request has its time: the package would wait for ever.
function asked(link: Link, { session, command, fields, onAnswer }: Question): boolean {
  const late = setTimeout(() => lost(link, session, `no answer to ${command}`), link.times.answerWithinMs).unref();
  const written = session[command](fields, (answer) => {
    clearTimeout(late);
    onAnswer(answer);
  });
  if (!written) clearTimeout(late);
  return written;
}

// Whatever waits for an answer may have been taken; then from the beginning, a little later each time.
function lost(link: Link, session: Session, why: string): void {
  if (link.session !== session) return;
  if (!link.isStopped) link.log.warn({ provider: link.name, why }, 'There is no SMPP session; it is bound again in a moment');
  link.session = undefined;
  link.isBound = false;
  clearInterval(link.enquiries);
  session.destroy();
  for (const answer of link.waiting) answer('no_answer');
  link.waiting.clear();
  if (link.isStopped) return;
  link.timer = setTimeout(() => connect(link), link.pauseMs).unref();
  link.pauseMs = Math.min(link.times.reconnectMs.most, link.pauseMs * 2);
}
