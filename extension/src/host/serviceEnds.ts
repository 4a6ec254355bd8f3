import * as vscode from 'vscode';
import { Disposable } from '../lifetime.ts';
import type { HubSession } from '../services/hubSession.ts';
import type { EndedService } from '../services/statusText.ts';
import type { FolderServiceId, ServiceState } from '../services/serviceState.ts';
import type { FolderServices } from './folderServices.ts';
import { getSetting } from './settings.ts';

const folderServiceIds = ['backend', 'database'] as const;

/** The services of the folder that ended by themselves and should not have. */
export function endedServices(folders: FolderServices): readonly EndedService[] {
  return folderServiceIds.flatMap((name) => {
    const sentence = sentenceOf(name, folders.get(name).state);
    return sentence === undefined ? [] : [{ name, sentence }];
  });
}

function sentenceOf(id: FolderServiceId, state: ServiceState): string | undefined {
  return state.kind === 'exited' && state.isFailure ? `The ${id} ${state.message.replace(/\.$/, '')}.` : undefined;
}

/** Tells once of a service that ran and ended by itself. One that does not start is told of by the command that starts it. */
export class ServiceEnds extends Disposable {
  constructor(folders: FolderServices, session: HubSession) {
    super();
    this.#followHub(session);
    for (const id of folderServiceIds) {
      const service = folders.get(id);
      let before = service.state.kind;
      this.register(
        service.onDidChange(() => {
          const { state } = service;
          const sentence = before === 'running' ? sentenceOf(id, state) : undefined;
          before = state.kind;
          if (sentence !== undefined && getSetting('sightline.notifications.errors')) {
            void showEnd(id, sentence);
          }
        }),
      );
    }
  }

  /** A hub that is lost is started again; only where that fails is there something to tell. */
  #followHub(session: HubSession): void {
    let wasLost = false;
    this.register(
      session.onDidChange(() => {
        const { state } = session;
        if (state.kind === 'failed' && wasLost && getSetting('sightline.notifications.errors')) {
          void showEnd('hub', state.message);
        }
        wasLost = state.kind === 'lost' || (wasLost && state.kind === 'starting');
      }),
    );
  }
}

async function showEnd(id: FolderServiceId | 'hub', sentence: string): Promise<void> {
  const chosen = await vscode.window.showErrorMessage(sentence, 'Start Again', 'Show Output');
  if (chosen !== undefined) {
    const command = chosen === 'Start Again' ? 'sightline.startService' : 'sightline.showOutput';
    await vscode.commands.executeCommand(command, id);
  }
}
