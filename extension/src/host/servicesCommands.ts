import * as vscode from 'vscode';
import type { HubClient } from '@sightline/hub/client/hubClient';
import { exportLines, powerShellLines } from '../services/environment.ts';
import { renderEnvironment, renderProblems } from '../services/reports.ts';
import { serviceIds, type FolderServiceId, type ServiceId } from '../services/serviceState.ts';
import type { ProblemWatch } from '../services/problemWatch.ts';
import { pageOf } from '../services/folderServiceRow.ts';
import { UserError } from '../userError.ts';
import { composeCommands, type ComposeCommands } from './composeCommands.ts';
import type { ServiceArgument, ServicesCommands } from './commandTable.ts';
import type { HubEnvironment } from './environment.ts';
import type { HubOutput } from './hubOutput.ts';
import type { ReportDocuments } from './reportDocuments.ts';
import type { Services } from './services.ts';
import { showServiceTerminal, terminalNames } from './serviceTasks.ts';
import { getSetting, updateSetting } from './settings.ts';
import { withProgress } from './progress.ts';
import type { XRayDaemonOutput } from './xrayDaemonOutput.ts';

export interface ServicesCommandParts {
  readonly services: Services;
  readonly environment: HubEnvironment;
  readonly client: HubClient;
  readonly problems: ProblemWatch;
  readonly documents: ReportDocuments;
  readonly hubOutput: HubOutput;
  readonly daemonOutput: XRayDaemonOutput;
  readonly log: vscode.LogOutputChannel;
}

/** What the commands of the Services view do. */
export function servicesCommands(parts: ServicesCommandParts): Omit<ServicesCommands, 'sightline.addToRepository'> {
  return { ...runCommands(parts), ...composeCommands(parts), ...lookCommands(parts) };
}

type RunCommand =
  | 'sightline.start'
  | 'sightline.stop'
  | 'sightline.restart'
  | 'sightline.startService'
  | 'sightline.stopService'
  | 'sightline.restartService'
  | 'sightline.chooseService'
  | 'sightline.toggleAutostart';

function runCommands({ services, log }: ServicesCommandParts): Pick<ServicesCommands, RunCommand> {
  const startAll = async (): Promise<void> => {
    const since = performance.now();
    await withProgress('Starting', (signal) => services.startAll({ ask: true }, signal));
    log.info(`Started all in ${Math.round(performance.now() - since)} ms`);
  };
  return {
    'sightline.start': startAll,
    'sightline.stop': () => withProgress('Stopping', () => services.stopAll()),
    'sightline.restart': async () => {
      await withProgress('Stopping', () => services.stopAll());
      await startAll();
    },
    'sightline.startService': async (argument) => {
      const id = await serviceOf(argument, 'Start which service?', services);
      await (id && withProgress(`Starting the ${inSentence[id]}`, (signal) => services.start(id, signal)));
    },
    'sightline.stopService': async (argument) => {
      const id = await serviceOf(argument, 'Stop which service?', services);
      await (id && withProgress(`Stopping the ${inSentence[id]}`, () => services.stop(id)));
    },
    'sightline.restartService': async (argument) => {
      const id = await serviceOf(argument, 'Restart which service?', services);
      await (id && withProgress(`Restarting the ${inSentence[id]}`, (signal) => services.restart(id, signal)));
    },
    'sightline.chooseService': async (argument) => {
      const id = await folderServiceOf(argument);
      await (id && services.choose(id));
    },
    'sightline.toggleAutostart': async () => {
      const isOn = !getSetting('sightline.autostart');
      await updateSetting('sightline.autostart', isOn);
      const outcome = isOn
        ? 'starts hub, database and backend when it opens'
        : 'starts nothing by itself when it opens';
      void vscode.window.setStatusBarMessage(`Sightline: this workspace ${outcome}.`, 5_000);
    },
  };
}

function lookCommands(
  parts: ServicesCommandParts,
): Omit<ServicesCommands, RunCommand | keyof ComposeCommands | 'sightline.addToRepository'> {
  const { services, environment, client, problems: watch, documents, hubOutput, daemonOutput, log } = parts;
  return {
    'sightline.openBackend': () => openBackend(services),
    'sightline.showOutput': async (argument) => {
      const id = await serviceOf(argument, 'Show the output of which service?', services);
      if (id === 'hub') {
        await hubOutput.show();
      } else if (id === 'xrayDaemon') {
        daemonOutput.show();
      } else if (id !== undefined && !showServiceTerminal(id)) {
        throw new UserError(noOutputOf(services, id));
      }
    },
    'sightline.showLog': () => log.show(true),
    'sightline.copyEnvironment': () => copyEnvironment(environment),
    'sightline.showEnvironment': async () => {
      const text = renderEnvironment(environment.variables, environment.recipients, process.env);
      await documents.show('Sightline Environment', text, 'dotenv');
    },
    'sightline.showProblems': async () => {
      const { problems } = await client.listProblems(1_000);
      await documents.show('Sightline Problems', renderProblems(problems), 'log');
      watch.noteSeen();
    },
    'sightline.clearProblems': () => client.clearProblems(),
    'sightline.clearData': () => clearData(client),
    'sightline.getStarted': async () => {
      await vscode.commands.executeCommand('workbench.action.openWalkthrough', 'sightline.sightline#getStarted', false);
    },
    'sightline.openSettings': async () => {
      await vscode.commands.executeCommand('workbench.action.openSettings', '@ext:sightline.sightline');
    },
  };
}

function noOutputOf(services: Services, id: FolderServiceId): string {
  const { state } = services.folders.get(id);
  return state.kind === 'elsewhere' && state.window !== undefined
    ? `The output of the ${id} is in the window that runs it, in the terminal "${terminalNames[id]}".`
    : `The ${id} has not run in this window yet, so it has no output.`;
}

/** The service of a row, or of a command's argument, else the one that a person picks. */
async function serviceOf(
  argument: ServiceArgument | undefined,
  question: string,
  services: Services,
): Promise<ServiceId | undefined> {
  const given = typeof argument === 'object' ? argument.service : argument;
  if (given !== undefined) {
    return given;
  }
  const items = serviceIds
    .filter((id) => id !== 'xrayDaemon' || services.xrayDaemon.isNeeded)
    .map((id) => ({ id, label: names[id], description: phaseOf(services, id) }));
  return (await vscode.window.showQuickPick(items, { placeHolder: question }))?.id;
}

async function folderServiceOf(argument: ServiceArgument | undefined): Promise<FolderServiceId | undefined> {
  const given = typeof argument === 'object' ? argument.service : argument;
  if (given === 'backend' || given === 'database') {
    return given;
  }
  const items = (['backend', 'database'] as const).map((id) => ({ id, label: names[id] }));
  return (await vscode.window.showQuickPick(items, { placeHolder: 'Choose what starts which service?' }))?.id;
}

const names: Record<ServiceId, string> = {
  hub: 'Hub',
  xrayDaemon: 'X-Ray Daemon',
  database: 'Database',
  backend: 'Backend',
};
const inSentence: Record<ServiceId, string> = {
  hub: 'hub',
  xrayDaemon: 'X-Ray daemon',
  database: 'database',
  backend: 'backend',
};

function phaseOf(services: Services, id: ServiceId): string {
  const { kind } = stateOf(services, id);
  const words = { off: 'not started', unknown: 'not chosen', elsewhere: 'started elsewhere', exited: 'ended' };
  return words[kind as keyof typeof words] ?? kind;
}

function stateOf(services: Services, id: ServiceId): { readonly kind: string } {
  switch (id) {
    case 'hub':
      return services.session.state;
    case 'xrayDaemon':
      return services.xrayDaemon.state;
    case 'database':
    case 'backend':
      return services.folders.get(id).state;
  }
}

/**
 * Opens the page through the editor, which forwards the port where it runs elsewhere. `asExternalUri` is left to `openExternal`: calling it twice would forward a
 * forwarded address.
 */
async function openBackend(services: Services): Promise<void> {
  const page = pageOf(services.folders.backend.endpoints);
  if (page === undefined) {
    throw new UserError(
      'Nothing says where the backend answers. Start it, or give the setting "sightline.backend" a "port" or "url".',
      {
        actions: [{ label: 'Start', command: 'sightline.startService', arguments: ['backend'] }],
      },
    );
  }
  await vscode.env.openExternal(vscode.Uri.parse(page));
}

async function copyEnvironment(environment: HubEnvironment): Promise<void> {
  if (environment.variables.length === 0) {
    throw new UserError('There is nothing to copy: variables are set while the hub runs.', {
      actions: [{ label: 'Start', command: 'sightline.start' }],
    });
  }
  const shell = process.platform === 'win32' ? powerShellLines : exportLines;
  const everyone = environment.variables.filter(({ recipient }) => recipient === 'everyone');
  await vscode.env.clipboard.writeText(shell(everyone));
  void vscode.window.setStatusBarMessage(`Sightline: ${everyone.length} variables are on the clipboard.`, 5_000);
}

async function clearData(client: HubClient): Promise<void> {
  const { traces, problems } = await client.stats();
  const detail = 'Pinned traces stay. This is for all windows of this machine, and cannot be undone.';
  const answer = await vscode.window.showWarningMessage(
    `Clear ${traces.toLocaleString('en-US')} traces and ${problems.toLocaleString('en-US')} problems?`,
    { modal: true, detail },
    'Clear',
  );
  if (answer === 'Clear') {
    await client.clearTraces();
    await client.clearProblems();
  }
}
