// Calls whoever is on duty: a POST of JSON to an address of their choice. Without an address the log is all there is.
export type Page = { readonly atMs: number; readonly text: string; readonly findings: readonly string[] };
export type Pager = { page(page: Page): Promise<void> };

const pagerTimeoutMs = 10_000;

export function createPager({ url }: { url: string | undefined }): Pager {
  return {
    page: async (page) => {
      if (url === undefined) return;
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(page),
        signal: AbortSignal.timeout(pagerTimeoutMs),
      });
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`the pager answered ${answer.status}`);
    },
  };
}
