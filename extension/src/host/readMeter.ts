import { destinationNames } from '@sightline/telemetry/cost/costWarnings';
import * as vscode from 'vscode';
import { HubReadMeter, type HubReadMeterParts } from '../sources/hubReadMeter.ts';
import type { ReadDestination } from '../sources/aws/readMeter.ts';

/** The meter of this window's reading in AWS, which tells a person when a cap has stopped it. */
export function windowReadMeter(parts: HubReadMeterParts): HubReadMeter {
  const meter = new HubReadMeter(parts);
  meter.onDidReachCap((destination) => void tellCap(destination));
  return meter;
}

async function tellCap(destination: ReadDestination): Promise<void> {
  const answer = await vscode.window.showWarningMessage(
    `The cap for ${destinationNames[destination]} is reached. The views no longer ask there by themselves this month; Refresh still does.`,
    'Show Cost',
    'Change Cap',
  );
  if (answer === 'Show Cost') {
    await vscode.commands.executeCommand('sightline.showCost');
  } else if (answer === 'Change Cap') {
    await vscode.commands.executeCommand('sightline.setCostCap', destination);
  }
}
