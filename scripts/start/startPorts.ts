import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describePortHolder } from '@sightline/hub/client/portHolder';
import { freePort, type Ports } from '../../e2e/ports.ts';
import type { SamplePorts } from '../../e2e/sampleProfile.ts';

/** What `npm start` itself gives out: the hub looks for its own. */
export type StartPorts = SamplePorts & Pick<Ports, 'editor'>;

/** As the documents have them. */
const usual: SamplePorts = { backend: 4567, page: 3000 };

/**
 * The usual ports, each time where they are free, else free ones, which is said. The editor's is the same as the last time where that is free, since
 * the browser keeps settings and secrets by origin.
 */
export async function loadPorts(
  stateFolder: string,
  say: (sentence: string) => void,
  wanted: SamplePorts = usual,
): Promise<StartPorts> {
  const file = path.join(stateFolder, 'ports.json');
  const { editor }: Partial<StartPorts> = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const chosen = {
    editor: await freePort(editor),
    backend: await freePort(wanted.backend),
    page: await freePort(wanted.page),
  };
  for (const [name, port] of Object.entries(wanted) as [keyof SamplePorts, number][]) {
    if (chosen[name] !== port) {
      say(
        `Port ${port} is taken by ${describePortHolder('tcp', port) ?? 'another program'}: the sample's ${name} gets ${chosen[name]}.`,
      );
    }
  }
  writeFileSync(file, `${JSON.stringify(chosen, null, 2)}\n`);
  return chosen;
}
