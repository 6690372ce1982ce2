// A real IGNIS server for interoperability tests. One JSON argument holds the settings (settings.ts); one line of
// JSON on standard output says that it is ready; it ends when its standard input does, so that a test that is
// killed leaves no server behind.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { settingsFrom } from './settings';

const settings = settingsFrom(process.argv[2]);
const { serve } = await quietly(() => import('./ignis'));
console.log(JSON.stringify({ ready: true, ...(await serve(settings)) }));

await Bun.stdin.stream().pipeTo(new WritableStream());
process.exit(0);

/**
 * Keeps the package's log off standard output, which belongs to the ready line. It goes to the folder of
 * APP_ENV_LOGGER_FOLDER_PATH if there is one; otherwise the package, which opens its log files while it is being
 * loaded, does so in a folder that is then removed.
 */
async function quietly<T>(load: () => Promise<T>): Promise<T> {
  const wanted = process.env.APP_ENV_LOGGER_FOLDER_PATH;
  const folder = wanted ?? mkdtempSync(join(tmpdir(), 'ignis-log-'));
  process.env.APP_ENV_LOGGER_FOLDER_PATH = folder;
  const { applicationLogger } = await import('@venizia/ignis-helpers');
  const loaded = await load();
  if (wanted === undefined) {
    applicationLogger.silent = true;
    rmSync(folder, { recursive: true, force: true });
  }
  for (const transport of applicationLogger.transports) {
    transport.silent ||= !('filename' in transport);
  }
  return loaded;
}
