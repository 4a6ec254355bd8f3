/**
 * What the extension in the workspace makes of the services beside it, as a script for Node in there: `look`, or `restart SERVICE`. Prints JSON: the rows of the project as
 * text, and what was refused.
 */
export function siblingsScript(checkout: string, does: string): string {
  return `
    import { ComposeProject } from ${JSON.stringify(`${checkout}/extension/src/services/composeProject.ts`)};
    import { followProgram, runProgram } from ${JSON.stringify(`${checkout}/extension/src/services/composeProgram.ts`)};
    import { answers, ownProject } from ${JSON.stringify(`${checkout}/extension/src/services/composeSurroundings.ts`)};
    import { composeRow } from ${JSON.stringify(`${checkout}/extension/src/services/composeRows.ts`)};
    import { findDaemonService } from ${JSON.stringify(`${checkout}/extension/src/services/composeXRayDaemon.ts`)};
    import { readFileSync } from 'node:fs';

    const folder = ${JSON.stringify(`${checkout}/.devcontainer`)};
    const project = new ComposeProject({
      run: runProgram,
      follow: followProgram,
      readFile: (file) => readFileSync(file, 'utf8'),
      writeOverride: () => '',
      instrument: () => Promise.resolve({ environment: {} }),
      answers,
      isInContainer: true,
      ownProject,
      sleep: (millis) => new Promise((resolve) => setTimeout(resolve, millis)),
      now: () => Date.now(),
    });
    project.configure({ folder, files: [folder + '/compose.yaml'], label: 'compose.yaml' }, undefined);
    await project.look();
    const [verb, service] = ${JSON.stringify(does)}.split(' ');
    let refused = '';
    if (verb !== 'look') await project[verb](service).catch((error) => (refused = error.message));
    const row = composeRow({
      state: project.state, label: 'compose.yaml', work: () => undefined, failure: () => undefined, stale: new Set(), isInContainer: true,
    });
    const daemon = await findDaemonService(project, 'compose.yaml');
    const rows = row.children.map((each) => each.label + ' | ' + each.description);
    console.log(JSON.stringify({ rows, tooltip: row.tooltip, refused, daemon }));
    process.exit();
  `;
}

export interface Siblings {
  readonly rows: readonly string[];
  readonly tooltip: string;
  readonly refused: string;
  readonly daemon?: { readonly kind: string };
}
