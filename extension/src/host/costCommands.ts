import type { HubClient } from '@sightline/hub/client/hubClient';
import type { Cap } from '@sightline/telemetry/cost/cap';
import { destinationNames, renderCap } from '@sightline/telemetry/cost/costWarnings';
import { costDestinations, type CostDestination } from '@sightline/telemetry/cost/usage';
import * as vscode from 'vscode';
import { cappedCounter, parseCapInput } from '../services/costCapInput.ts';
import { renderCost } from '../services/costText.ts';
import type { CostWatch } from '../services/costWatch.ts';
import type { ServiceRow } from '../services/serviceRow.ts';
import type { CostCommands } from './commandTable.ts';
import type { ReportDocuments } from './reportDocuments.ts';

export interface CostCommandParts {
  readonly watch: CostWatch;
  readonly client: HubClient;
  readonly documents: ReportDocuments;
}

/** What the commands about cost do. */
export function costCommands({ watch, client, documents }: CostCommandParts): CostCommands {
  return {
    'sightline.showCost': async () => {
      await documents.show('Sightline Cost', renderCost(await client.loadCost()), 'plaintext');
    },
    'sightline.setCostCap': async (target) => {
      const { settings } = await client.loadCost();
      const destination = destinationOf(target) ?? (await askDestination(settings.caps));
      const cap = destination && (await askCap(destination, settings.caps[destination]));
      if (destination !== undefined && cap !== undefined) {
        await watch.change({ caps: { [destination]: cap } });
        const outcome = cap === null ? 'has no cap' : `pauses at ${renderCap(cap)} a month`;
        void vscode.window.setStatusBarMessage(`Sightline: ${destinationNames[destination]} ${outcome}.`, 5_000);
      }
    },
  };
}

function destinationOf(target: CostDestination | ServiceRow | undefined): CostDestination | undefined {
  const id = typeof target === 'object' ? target.id.replace(/^(?:cost|destination)\./, '') : target;
  return costDestinations.find((destination) => destination === id);
}

async function askDestination(caps: Partial<Record<CostDestination, Cap>>): Promise<CostDestination | undefined> {
  const items = costDestinations.map((destination) => {
    const cap = caps[destination];
    return {
      label: destinationNames[destination],
      description: cap ? `cap: ${renderCap(cap)}` : 'no cap',
      destination,
    };
  });
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Set Cost Cap',
    placeHolder: 'What goes to which destination?',
  });
  return picked?.destination;
}

/** `null`: no cap any more; `undefined`: nothing was chosen. */
async function askCap(destination: CostDestination, now: Cap | undefined): Promise<Cap | null | undefined> {
  const { name } = cappedCounter[destination];
  const free = {
    label: 'What is free',
    description: "the free tier of the vendor's price list",
    cap: 'free' as const,
  };
  const money = { label: 'Dollars a month…', description: 'by list price', cap: 'dollars' as const };
  const amount = { label: `${name[0]?.toUpperCase()}${name.slice(1)} a month…`, cap: 'amount' as const };
  const none = { label: 'No cap', cap: 'none' as const };
  // An OTLP endpoint and Rollbar ask for a larger plan, not for money by amount.
  const hasPrice = destination === 'xray' || destination === 'logs';
  const picked = await vscode.window.showQuickPick(
    [free, ...(hasPrice ? [money] : []), amount, ...(now === undefined ? [] : [none])],
    {
      title: `Set Cost Cap: ${destinationNames[destination]}`,
      placeHolder: `The relay pauses there for the rest of the month${now === undefined ? '' : `; now: ${renderCap(now)}`}`,
    },
  );
  switch (picked?.cap) {
    case 'none':
      return null;
    case 'free':
      return { kind: 'free' };
    case 'dollars':
    case 'amount':
      return await askAmount(picked.cap, destination);
    case undefined:
      return undefined;
  }
}

async function askAmount(kind: 'dollars' | 'amount', destination: CostDestination): Promise<Cap | undefined> {
  const text = await vscode.window.showInputBox({
    title: `Set Cost Cap: ${destinationNames[destination]}`,
    prompt: kind === 'dollars' ? 'Dollars a month' : `${cappedCounter[destination].name} a month`,
    validateInput: (input) => {
      const parsed = parseCapInput(kind, destination, input);
      return typeof parsed === 'string' ? parsed : undefined;
    },
  });
  const parsed = text === undefined ? undefined : parseCapInput(kind, destination, text);
  return typeof parsed === 'string' ? undefined : parsed;
}
