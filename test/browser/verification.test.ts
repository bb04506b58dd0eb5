import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from '../../src/formatters/verification/html.ts';
import type { VerificationReport } from '../../src/verify/model.ts';
import { bad, empty, good, huge, odd, unbuilt } from '../formatters/verification/reports.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('verification in a browser', { timeout: 120_000 });
const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const browser = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((folder) => names.map((name) => join(folder, name)))
  .find((path) => existsSync(path));

/** A test that needs a browser: without one it is skipped, and fails where all are required. */
function inBrowser(title: string, run: (chromium: string) => void): void {
  const reason = 'no chromium on the path: the Debian package chromium has it';
  if (browser !== undefined) test(title, () => run(browser));
  else if (process.env.DOCKERFILEOPT_REQUIRE_ALL === '1') test(title, () => assert.unreachable(reason));
  else test.skip(title, reason);
}

/** What `look.js` sees. */
interface Sight {
  readonly width: number;
  readonly room: number;
  /** Files that the page made the browser read. */
  readonly loaded: number;
  readonly bold: number;
  readonly overflowing: readonly string[];
  readonly pale: readonly string[];
  readonly rectangles: number;
  readonly unfolded: number;
  readonly dark: boolean;
}

const look = readFileSync(new URL('look.js', import.meta.url), 'utf8');

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

interface View {
  readonly width?: number;
  readonly dark?: boolean;
}

function open(chromium: string, report: VerificationReport, { width = 1200, dark = false }: View = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'browser-'));
  try {
    const html = format({ version: '1', report });
    const page = join(folder, 'page.html');
    const watched = join(folder, 'watched.html');
    writeFileSync(page, html);
    const script = `<script>${look}</script>`;
    // The page's own policy lets no script run.
    writeFileSync(
      watched,
      html.replace(/<meta http-equiv[^>]*>/, '').replace('</body>', () => `${script}</body>`),
    );
    const run = (...args: string[]) => {
      const scheme = dark ? ['--blink-settings=preferredColorScheme=0'] : ['--blink-settings=preferredColorScheme=1'];
      const own = [`--user-data-dir=${join(folder, 'profile')}`, `--window-size=${width},1600`, ...scheme];
      const ran = spawnSync(chromium, [...FLAGS, ...own, ...args], {
        encoding: 'utf8',
        timeout: 60_000,
        maxBuffer: 1 << 26,
      });
      assert.is(ran.status, 0, ran.stderr);
      return ran.stdout;
    };
    const dom = run('--dump-dom', pathToFileURL(watched).href);
    const sight = /data-sight="([^"]*)"/.exec(dom)?.[1];
    assert.ok(sight, 'the script did not run');
    const picture = join(folder, 'page.png');
    run(`--screenshot=${picture}`, pathToFileURL(page).href);
    return { sight: JSON.parse(decodeURIComponent(sight)) as Sight, picture: readFileSync(picture) };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** What holds for every page. */
function check({ sight, picture }: ReturnType<typeof open>): Sight {
  assert.ok(sight.width <= sight.room, `${sight.width} > ${sight.room}`);
  assert.is(sight.loaded, 0);
  assert.is(sight.bold, 0);
  assert.equal(sight.overflowing, []);
  assert.equal(sight.pale, []);
  assert.equal([...picture.subarray(1, 4)], [...Buffer.from('PNG')]);
  // A page of one colour is far smaller.
  assert.ok(picture.length > 20_000, `${picture.length} bytes`);
  return sight;
}

inBrowser('fits the window, and everything can be read in light and dark', (chromium) => {
  assert.is(check(open(chromium, good)).dark, false);
  assert.is(check(open(chromium, bad, { dark: true })).dark, true);
  check(open(chromium, good, { width: 500, dark: true }));
});

inBrowser('draws the treemap and unfolds what is wrong', (chromium) => {
  const { rectangles, unfolded } = check(open(chromium, bad));
  assert.is(rectangles, 3);
  assert.is(unfolded, 2);
});

inBrowser('shows nothing left behind, thousands of files, a failed build and hostile texts', (chromium) => {
  assert.is(check(open(chromium, empty)).rectangles, 0);
  assert.ok(check(open(chromium, huge)).rectangles > 100);
  check(open(chromium, unbuilt('dockerfile')));
  check(open(chromium, odd, { width: 500 }));
});
