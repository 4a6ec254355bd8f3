import * as vscode from 'vscode';
import { settingDefaults } from './settingTable.ts';
import { getSetting, updatePreference } from './settings.ts';

const unitMillis: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

const choices = [
  ['15m', 'the last 15 minutes'],
  ['1h', 'the last hour'],
  ['6h', 'the last 6 hours'],
  ['1d', 'the last day'],
  ['7d', 'the last week'],
  ['30d', 'all that X-Ray keeps'],
] as const;

/** How far back the traces of AWS go, in milliseconds. */
export function traceWindowMillis(): number {
  return (
    parseWindow(getSetting('sightline.aws.traceWindow')) ??
    parseWindow(settingDefaults['sightline.aws.traceWindow']) ??
    0
  );
}

/** Asks how far back the traces of AWS are to go; answers false where a person left it as it is. */
export async function chooseTraceWindow(): Promise<boolean> {
  const current = getSetting('sightline.aws.traceWindow');
  const items = choices.map(([label, description]) => ({ label, description, picked: label === current }));
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Choose How Far Back',
    placeHolder: `Now ${current}. X-Ray charges by traces scanned`,
  });
  if (picked === undefined) {
    return false;
  }
  await updatePreference('sightline.aws.traceWindow', picked.label);
  return true;
}

function parseWindow(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d+)([mhd])$/.exec(text) ?? [];
  const millis = Number(count) * (unitMillis[unit] ?? Number.NaN);
  return millis > 0 ? millis : undefined;
}
