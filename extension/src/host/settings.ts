import * as vscode from 'vscode';
import { settingDefaults, type Settings } from './settingTable.ts';

/** Reads one of our settings, for a folder where it may differ by folder. */
export function getSetting<K extends keyof Settings>(key: K, scope?: vscode.ConfigurationScope): Settings[K] {
  return sectionFor(scope).get<Settings[K]>(key.slice(section.length + 1)) ?? settingDefaults[key];
}

/** Writes one of our settings for this workspace, or for one folder of it. */
export async function updateSetting<K extends keyof Settings>(
  key: K,
  value: Settings[K] | undefined,
  folder?: vscode.WorkspaceFolder,
): Promise<void> {
  const target =
    folder === undefined ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.WorkspaceFolder;
  await sectionFor(folder).update(key.slice(section.length + 1), value, target);
}

/** Writes a preference of the person, for all windows, unless this workspace has its own. */
export async function updatePreference<K extends keyof Settings>(key: K, value: Settings[K]): Promise<void> {
  const configuration = vscode.workspace.getConfiguration();
  const isOfWorkspace = configuration.inspect(key)?.workspaceValue !== undefined;
  await configuration.update(
    key,
    value,
    isOfWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global,
  );
}

/** Calls back when one of the named settings has changed. */
export function onDidChangeSetting(keys: readonly (keyof Settings)[], listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (keys.some((key) => event.affectsConfiguration(key))) {
      listener();
    }
  });
}

const section = 'sightline';

/** Of our section only: the editor copies all that it hands out, and the whole configuration takes it milliseconds of each activation. */
function sectionFor(scope: vscode.ConfigurationScope | undefined): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration(section, scope);
}
