// Downloads one pinned file: goes on where an earlier try was cut off, never takes more bytes than the file has, follows
// no redirect, and puts the file in its place only when every byte is the right one.
import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PlainError } from '../plain-error.ts';

export type PinnedFile = { readonly name: string; readonly bytes: number; readonly sha256: string };

export type DownloadOptions = {
  readonly file: PinnedFile;
  readonly url: string;
  readonly target: string;
  /** 0..1. */
  readonly onProgress: (share: number) => void;
  readonly signal?: AbortSignal;
  /** A server that sends nothing for so long is given up. */
  readonly stallMs?: number;
};

const triesMax = 200;
/** In a row, that bring nothing. */
const idleTriesMax = 2;
const stallDefaultMs = 30_000;

/** Throws PlainError. What has arrived stays beside the target as `.part`, for the next try. */
export async function download(options: DownloadOptions): Promise<void> {
  const { file, target } = options;
  const part = `${target}.part`;
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  await fetchAll(options, part);
  const found = await sha256Of(part);
  if (found !== file.sha256) {
    await rm(part, { force: true });
    throw new PlainError(`${file.name} from ${options.url} is not the file it should be (sha256 ${found}); it was thrown away.`);
  }
  await rename(part, target);
}

export async function sha256Of(path: string): Promise<string> {
  return createHash('sha256').update(await readFile(path)).digest('hex');
}

// A connection that breaks off is taken up again as long as each try brings something.
async function fetchAll(options: DownloadOptions, part: string): Promise<void> {
  let idle = 0;
  for (let tries = 1; ; tries++) {
    const before = await sizeOf(part);
    if (before === options.file.bytes) return options.onProgress(1);
    try {
      await fetchRest(options, { part, from: before > options.file.bytes ? 0 : before });
    } catch (error) {
      options.signal?.throwIfAborted();
      if (error instanceof PlainError) throw error;
      const arrived = await sizeOf(part);
      idle = arrived > before ? 0 : idle + 1;
      if (tries >= triesMax || idle >= idleTriesMax) throw new PlainError(`${options.file.name} could not be downloaded from ${options.url}: ${reasonOf(error)}. ${keptSentence(arrived, options.file)}`);
    }
  }
}

async function* chunksOf({ body }: Response): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader();
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) yield next.value;
}

class CutShort extends Error {}

async function fetchRest(options: DownloadOptions, { part, from }: { part: string; from: number }): Promise<void> {
  const { file, url, onProgress, stallMs = stallDefaultMs } = options;
  const stall = stallGuard(stallMs, options.signal);
  try {
    const answer = await fetch(url, { redirect: 'manual', signal: stall.signal, headers: { 'accept-encoding': 'identity', ...(from > 0 ? { range: `bytes=${from}-` } : {}) } });
    const startAt = startOf(answer, { from, options });
    if (startAt === 'again') {
      await rm(part, { force: true });
      await answer.body?.cancel();
      return await fetchRest(options, { part, from: 0 });
    }
    const handle = await open(part, startAt === 0 ? 'w' : 'r+', 0o600);
    try {
      let at = startAt;
      for await (const chunk of chunksOf(answer)) {
        stall.alive();
        if (at + chunk.length > file.bytes) {
          await rm(part, { force: true });
          throw new PlainError(`${url} sends more than the ${file.bytes} bytes that ${file.name} has; it was thrown away.`);
        }
        await handle.write(chunk, 0, chunk.length, at);
        at += chunk.length;
        onProgress(at / file.bytes);
      }
      await handle.sync();
      if (at < file.bytes) throw new CutShort(`the answer ended after ${at} of ${file.bytes} bytes`);
    } finally {
      await handle.close();
    }
  } finally {
    stall.end();
  }
}

// Where the bytes of this answer belong; 'again': what we have does not fit what the server has.
function startOf(answer: Response, { from, options }: { from: number; options: DownloadOptions }): number | 'again' {
  const { file, url } = options;
  if (answer.type === 'opaqueredirect' || (answer.status >= 300 && answer.status < 400)) {
    throw new PlainError(`${url} sends us elsewhere, which is not followed: name the address the files really lie at with --base.`);
  }
  if (answer.status === 416 && from > 0) return 'again';
  if (answer.status === 206 && from > 0) {
    const range = /^bytes (\d+)-/.exec(answer.headers.get('content-range') ?? '');
    return Number(range?.[1]) === from ? from : 'again';
  }
  // A server that does not know ranges sends everything from the start.
  if (answer.status === 200) return 0;
  throw new PlainError(`${url} answered ${answer.status} instead of ${file.name}.`);
}

function stallGuard(stallMs: number, outer: AbortSignal | undefined) {
  const controller = new AbortController();
  const stop = (): void => controller.abort(outer?.reason);
  outer?.addEventListener('abort', stop);
  if (outer?.aborted) stop();
  const giveUp = (): void => controller.abort(new Error(`nothing came for ${stallMs} ms`));
  let timer = setTimeout(giveUp, stallMs);
  return {
    signal: controller.signal,
    alive: () => {
      clearTimeout(timer);
      timer = setTimeout(giveUp, stallMs);
    },
    end: () => {
      clearTimeout(timer);
      outer?.removeEventListener('abort', stop);
    },
  };
}

const sizeOf = (path: string): Promise<number> => stat(path).then(({ size }) => size, () => 0);

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  return error.cause instanceof Error ? error.cause.message : error.message;
}

const keptSentence = (arrived: number, { bytes }: PinnedFile): string => (arrived === 0 ? '' : `${arrived} of ${bytes} bytes are kept: the same command goes on from there.`);
