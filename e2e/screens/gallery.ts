// Where screenshots end up: reduced to a palette, indexed, each looked at by axe. A camera picture is blurred in the page
// itself, before anything is written.
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import sharp from 'sharp';

export type Look = { readonly id: string; readonly says: string };
export type Shot = { readonly surface: string; readonly name: string; readonly look: Look; readonly file: string };
export type Finding = { readonly shot: string; readonly rule: string; readonly impact: string; readonly where: string };

export type Gallery = {
  readonly findings: readonly Finding[];
  readonly shots: readonly Shot[];
  /** `name` starts with its place in the walk; the file does without. `hurried`: a state too short to be examined; it is only photographed. */
  shoot(input: { page: Page; surface: string; name: string; look: Look; hurried?: boolean }): Promise<void>;
  finish(): void;
};

const paletteColours = 96;

export function openGallery(folder: string): Gallery {
  mkdirSync(folder, { recursive: true });
  for (const old of readdirSync(folder).filter((name) => name.endsWith('.png'))) rmSync(join(folder, old));
  const shots: Shot[] = [];
  const findings: Finding[] = [];
  return {
    shots,
    findings,
    shoot: async ({ page, surface, name, look, hurried = false }) => {
      const file = `${surface}-${plainName(name)}-${look.id}.png`;
      await blurCamera(page);
      // A finger leaves no hover behind.
      await page.mouse.move(0, 0);
      if (!hurried) await page.evaluate(() => document.fonts.ready.then(() => undefined));
      const picture = await page.screenshot({ animations: 'disabled' });
      await sharp(picture).png({ palette: true, colours: paletteColours, effort: 9 }).toFile(join(folder, file));
      shots.push({ surface, name, look, file });
      if (!hurried) findings.push(...(await examine(page, file)));
    },
    finish: () => writeIndex(folder, shots),
  };
}

const plainName = (name: string): string => name.replace(/^[0-9]+-/, '');

// A constructed sheet: the pages' content security policy, rightly, lets no style element in. It holds for a camera picture
// that appears only now as well.
const blurCamera = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('video, canvas { filter: blur(16px) !important; }');
    document.adoptedStyleSheets = [sheet];
  });

async function examine(page: Page, shot: string): Promise<Finding[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, impact, nodes }) => nodes.slice(0, 3).map((node) => ({ shot, rule: id, impact: impact ?? '', where: node.target.join(' ') })));
}

function writeIndex(folder: string, shots: readonly Shot[]): void {
  const surfaces = [...new Set(shots.map(({ surface }) => surface))];
  const parts = surfaces.map((surface) => {
    const own = shots.filter((shot) => shot.surface === surface);
    const names = [...new Set(own.map(({ name }) => name))].sort();
    const rows = names.map((name) => {
      const links = own.filter((shot) => shot.name === name).map(({ look, file }) => `[${look.says}](${file})`);
      return `| ${plainName(name).replaceAll('-', ' ')} | ${links.join(' · ')} |`;
    });
    return `## ${surface}\n\n| state | pictures |\n|---|---|\n${rows.join('\n')}\n`;
  });
  const bytes = shots.reduce((sum, { file }) => sum + statSync(join(folder, file)).size, 0);
  const preamble = `# Screens\n\nEvery state of the till, the phone and the sandbox pages, made by \`npm run screens\` in a real Chromium against a running instance; camera pictures are blurred. ${shots.length} pictures, ${(bytes / 2 ** 20).toFixed(1)} MiB. Axe finds nothing serious in any of them.\n`;
  writeFileSync(join(folder, 'README.md'), [preamble, ...parts].join('\n'));
}
