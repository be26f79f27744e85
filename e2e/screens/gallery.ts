// Where screenshots end up: reduced to a palette, indexed, each looked at by axe. A camera picture is blurred in the page
// itself, before anything is written.
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import sharp from 'sharp';

/** How a page is shown; the id ends the file's name. */
export const lookNames = { 'en-light': 'English, light', 'zh-dark': '中文, dark', 'zh-light': '中文, light', 'en-dark': 'English, dark' } as const;
export type Look = { readonly id: keyof typeof lookNames };
export type Finding = { readonly shot: string; readonly rule: string; readonly impact: string; readonly where: string };

export type Gallery = {
  readonly findings: readonly Finding[];
  /** Pictures taken so far. */
  readonly count: number;
  /** `name` starts with its place in the walk; the file does without. `hurried`: a state too short to be examined; it is only photographed. */
  shoot(input: { page: Page; surface: string; name: string; look: Look; hurried?: boolean }): Promise<void>;
  /** Writes the pictures, made small, and their index. */
  finish(): Promise<void>;
};

const paletteColours = 96;

/** `fresh`: pictures of an earlier walk go first, so that none of a state that is no more stays behind. */
export function openGallery({ folder, fresh }: { folder: string; fresh: boolean }): Gallery {
  mkdirSync(folder, { recursive: true });
  if (fresh) for (const old of picturesIn(folder)) rmSync(join(folder, old));
  // Made small at the end: that takes the very processor time the short states need to be caught.
  const pictures = new Map<string, Buffer>();
  const findings: Finding[] = [];
  return {
    get count() {
      return pictures.size;
    },
    findings,
    shoot: async ({ page, surface, name, look, hurried = false }) => {
      const file = `${surface}-${plainName(name)}-${look.id}.png`;
      await blurCamera(page);
      // A finger leaves no hover behind.
      await page.mouse.move(0, 0);
      if (!hurried) await page.evaluate(() => document.fonts.ready.then(() => undefined));
      if (!hurried) await settle(page);
      pictures.set(file, await page.screenshot({ animations: 'disabled' }));
      if (!hurried) findings.push(...(await examine(page, file)));
    },
    finish: async () => {
      for (const [file, picture] of pictures) await sharp(picture).png({ palette: true, colours: paletteColours, effort: 9 }).toFile(join(folder, file));
      writeIndex(folder);
    },
  };
}

const plainName = (name: string): string => name.replace(/^[0-9]+-/, '');

// A constructed sheet: the pages' content security policy, rightly, lets no style element in. It holds for a camera picture
// that appears only now as well.
const blurCamera = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('video, canvas { filter: blur(2rem) !important; } video { clip-path: circle(closest-side); }');
    document.adoptedStyleSheets = [sheet];
  });

/** Until what moves has come to rest; what turns for ever keeps turning. */
const settle = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    const ending = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map(({ finished }) => finished));
  });

async function examine(page: Page, shot: string): Promise<Finding[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, impact, nodes }) => nodes.slice(0, 3).map((node) => ({ shot, rule: id, impact: impact ?? '', where: node.target.join(' ') })));
}

const picturesIn = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.png')).sort();

function writeIndex(folder: string): void {
  const pictures = picturesIn(folder).flatMap((file) => {
    const [, surface = '', name = '', look = ''] = /^([a-z]+)-(.+)-([a-z]{2}-[a-z]+)\.png$/.exec(file) ?? [];
    return surface === '' ? [] : [{ file, surface, name, says: lookNames[look as Look['id']] }];
  });
  const parts = [...new Set(pictures.map(({ surface }) => surface))].map((surface) => {
    const own = pictures.filter((picture) => picture.surface === surface);
    const rows = [...new Set(own.map(({ name }) => name))].map((name) => {
      const links = own.filter((picture) => picture.name === name).map(({ says, file }) => `[${says}](${file})`);
      return `| ${name.replaceAll('-', ' ')} | ${links.join(' · ')} |`;
    });
    return `## ${surface}\n\n| state | pictures |\n|---|---|\n${rows.join('\n')}\n`;
  });
  const mebibytes = pictures.reduce((sum, { file }) => sum + statSync(join(folder, file)).size, 0) / 2 ** 20;
  const preamble = `# Screens\n\nEvery state of the kiosk (1080×1920, and \`mini\` 1280×800), the phone (390×844), the back office (1440×900) and the sandbox pages, made by \`npm run screens\` in a real Chromium against a running instance; camera pictures are blurred. ${pictures.length} pictures, ${mebibytes.toFixed(1)} MiB.\n`;
  writeFileSync(join(folder, 'README.md'), [preamble, ...parts].join('\n'));
}
