// Calls whoever is on duty: a POST of JSON to an address of their choice. Without an address the log is all there is, and nobody counts as told.
export type Page = { readonly atMs: number; readonly text: string; readonly findings: readonly string[] };
/** Whether anybody was told. Throws when the pager did not take it. */
export type Pager = { page(page: Page): Promise<boolean> };

const pagerTimeoutMs = 10_000;

export function createPager({ url }: { url: string | undefined }): Pager {
  return {
    page: async (page) => {
      if (url === undefined) return false;
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(page),
        signal: AbortSignal.timeout(pagerTimeoutMs),
      });
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`the pager answered ${answer.status}`);
      return true;
    },
  };
}
