// `npm run screens`: photographs every state of every page into docs/screens/, in light and dark, Chinese and English, and
// fails on a serious finding of axe. `npm run screens -- phone` walks one part again. Needs Chromium.
import { join } from 'node:path';
import { repositoryRoot } from '../apps/cli/src/repository.ts';
import { enrolShopper } from '../apps/cli/src/demo/stage.ts';
import { launchBrowser } from './harness/browser.ts';
import { createCamera } from './harness/camera.ts';
import { startTestInstance } from './harness/instance.ts';
import { portrait } from './harness/kiosk-page.ts';
import { putInView } from './harness/person-in-view.ts';
import { openGallery } from './screens/gallery.ts';
import type { Look } from './screens/gallery.ts';
import { walkChildren } from './screens/children-walk.ts';
import { castOf, walkKiosk } from './screens/kiosk-walk.ts';
import type { Set } from './screens/kiosk-walk.ts';
import { walkLiveKiosk, walkLivePhone } from './screens/live-walk.ts';
import { askEveryTime, walkOwnPhone } from './screens/own-phone-walk.ts';
import { walkOffice } from './screens/office-walk.ts';
import { walkOperator } from './screens/operator-walk.ts';
import { walkPages, walkStrains } from './screens/pages-walk.ts';
import { walkPhone } from './screens/phone-walk.ts';
import { walkRecovery } from './screens/recovery-walk.ts';
import { walkRules } from './screens/rules-walk.ts';
import { walkTwoPeople } from './screens/two-people-walk.ts';

const light: Look & { locale: 'en'; dark: false } = { id: 'en-light', locale: 'en', dark: false };
const dark: Look & { locale: 'zh-CN'; dark: true } = { id: 'zh-dark', locale: 'zh-CN', dark: true };
const smallLight: Look & { locale: 'zh-CN'; dark: false } = { id: 'zh-light', locale: 'zh-CN', dark: false };
const small = { width: 1_280, height: 800 };

const walks: Record<string, (set: Set) => Promise<void>> = {
  phone: async (set) => {
    await walkPhone(set, { ...light, number: '+8613900000701', name: 'Ada Lindqvist', personIndex: 2 });
    await walkPhone(set, { ...dark, number: '+8613900000711', name: '欧阳晓晴', personIndex: 3 });
  },
  kiosk: async (set) => {
    await walkKiosk(await withEnglishName(set), { ...light, surface: 'kiosk', size: portrait });
    await walkKiosk(set, { ...dark, surface: 'kiosk', size: portrait });
  },
  small: async (set) => {
    await walkKiosk(set, { ...smallLight, surface: 'mini', size: small });
  },
  'own-phone': async (set) => {
    const [mia, yutong] = [await enrolShopper(set.running.stage, 9, 200_000n), await enrolShopper(set.running.stage, 4, 200_000n)];
    for (const shopper of [mia, yutong]) await askEveryTime(set, shopper);
    await walkOwnPhone(set, { ...light, shopper: mia, surface: 'kiosk', size: portrait });
    await walkOwnPhone(set, { ...dark, shopper: yutong, surface: 'kiosk', size: portrait });
    await walkOwnPhone(set, { ...smallLight, shopper: yutong, surface: 'mini', size: small });
  },
  children: async (set) => {
    await walkChildren(set, { ...light, guardian: await enrolShopper(set.running.stage, 6, 50_000n), childIndex: 8, childName: 'Mia' });
    await walkChildren(set, { ...dark, guardian: await enrolShopper(set.running.stage, 7, 50_000n), childIndex: 8, childName: '小米' });
  },
  recovery: async (set) => {
    await walkRecovery(set, { ...light, shopper: await enrolShopper(set.running.stage, 6) });
    await walkRecovery(set, { ...dark, shopper: await enrolShopper(set.running.stage, 7) });
  },
  'live-kiosk': async (set) => {
    await walkLiveKiosk(set, { ...light, surface: 'kiosk', size: portrait });
    await walkLiveKiosk(set, { ...dark, surface: 'kiosk', size: portrait });
  },
  'live-small': async (set) => {
    await walkLiveKiosk(set, { ...smallLight, surface: 'mini', size: small });
    await walkLiveKiosk(set, { id: 'en-dark', locale: 'en', dark: true, surface: 'mini', size: small });
  },
  'live-phone': async (set) => {
    await walkLivePhone(set, { ...light, number: '+8613900000721', name: 'Ada Lindqvist' });
    await walkLivePhone(set, { ...dark, number: '+8613900000731', name: '欧阳晓晴' });
  },
  operator: async (set) => {
    await walkOperator(set, { ...light, personIndex: 6 });
    await walkOperator(set, { ...dark, personIndex: 7 });
  },
  office: async (set) => {
    await walkOffice(set, { ...light, name: 'Lin Qiao' });
    await walkOffice(set, { ...dark, name: '林巧' });
  },
  'two-people': async (set) => {
    await walkTwoPeople(set, { ...light, personIndex: 8 });
    await walkTwoPeople(set, { ...dark, personIndex: 9 });
  },
  rules: async (set) => {
    await walkRules(set, { ...light, isNarrow: false });
    await walkRules(set, { ...dark, isNarrow: false });
    await walkRules(set, { ...smallLight, isNarrow: true });
    await walkRules(set, { id: 'en-dark', locale: 'en', dark: true, isNarrow: true });
  },
  pages: async (set) => {
    await walkPages(set, light);
    await walkPages(set, dark);
    await walkStrains(set, { ...light, surface: 'kiosk', size: portrait });
  },
};

/** A till in English names somebody whose name is read in English. */
const withEnglishName = async (set: Set): Promise<Set> => ({ ...set, cast: { ...set.cast, rich: await enrolShopper(set.running.stage, 5, 200_000n) } });

const wanted = process.argv.slice(2);
const failed: string[] = [];
const running = await startTestInstance({ people: 10, logLevel: 'warn' });
const camera = createCamera();
const gallery = openGallery({ folder: join(repositoryRoot(), 'docs', 'screens'), fresh: wanted.length === 0 });
try {
  const cast = await castOf(running);
  await putInView(camera, cast.rich.person);
  const browser = await launchBrowser(camera);
  try {
    for (const [name, walk] of Object.entries(walks)) {
      if (wanted.length > 0 && !wanted.includes(name)) continue;
      console.log(`Walking: ${name}`);
      try {
        await walk({ running, browser, camera, gallery, cast });
      } catch (error) {
        // The other walks still go, and what was photographed is kept.
        failed.push(`${name}: ${(error as Error).message}`);
      }
    }
  } finally {
    await browser.close();
  }
  await gallery.finish();
  console.log(`${gallery.count} pictures in docs/screens/`);
  for (const { shot, rule, impact, where } of gallery.findings) console.log(`${impact}: ${rule} in ${shot}: ${where}`);
  for (const walk of failed) console.log(`did not come to its end: ${walk}`);
  process.exitCode = gallery.findings.length === 0 && failed.length === 0 ? 0 : 1;
} finally {
  camera.remove();
  await running.stop();
}
