import * as vscode from 'vscode';
import { UserError } from '../userError.ts';
import type { ComposeArgument, ServicesCommands } from './commandTable.ts';
import { withProgress } from './progress.ts';
import type { Services } from './services.ts';

export type ComposeCommands = Pick<
  ServicesCommands,
  | 'sightline.startComposeService'
  | 'sightline.stopComposeService'
  | 'sightline.restartComposeService'
  | 'sightline.rebuildComposeService'
  | 'sightline.showComposeLogs'
  | 'sightline.showComposeOutput'
>;

/** What the rows of a compose project's services do. */
export function composeCommands({ services }: { readonly services: Services }): ComposeCommands {
  const { compose } = services.folders;
  const doing =
    (title: string, work: (name: string, signal: AbortSignal) => Promise<void>) =>
    async (argument?: ComposeArgument): Promise<void> => {
      const name = await serviceOf(argument, services);
      await (name === undefined
        ? undefined
        : withProgress(`${title} ${name}`, (signal) => services.compose(() => work(name, signal))));
    };
  return {
    'sightline.startComposeService': doing('Starting', (name, signal) => compose.up([name], signal)),
    'sightline.stopComposeService': doing('Stopping', (name, signal) => compose.project.stop([name], signal)),
    'sightline.restartComposeService': doing('Restarting', (name, signal) => compose.restart(name, signal)),
    'sightline.rebuildComposeService': doing('Rebuilding', (name, signal) => compose.rebuild(name, signal)),
    'sightline.showComposeLogs': async (argument) => {
      const name = await serviceOf(argument, services);
      await (name === undefined ? undefined : compose.showLogs(name));
    },
    'sightline.showComposeOutput': () => compose.showOutput(),
  };
}

/** The service of a row, or of a command's argument, else the one that a person picks. */
async function serviceOf(argument: ComposeArgument | undefined, { folders }: Services): Promise<string | undefined> {
  const given = typeof argument === 'object' ? argument.composeService : argument;
  if (given !== undefined) {
    return given;
  }
  const { project } = folders.compose;
  const names = project.model?.services.map(({ name }) => name) ?? [];
  if (names.length === 0) {
    throw new UserError('This folder has no compose file with services in it.', {
      actions: [
        { label: 'Open Setting', command: 'workbench.action.openSettings', arguments: ['sightline.compose.file'] },
      ],
    });
  }
  const items = names.map((label) => ({ label, description: project.isRunning(label) ? 'running' : 'not running' }));
  return (await vscode.window.showQuickPick(items, { placeHolder: 'Which service of the compose file?' }))?.label;
}
