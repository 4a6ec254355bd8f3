import * as vscode from 'vscode';
import { permissionsText } from '../sources/aws/awsPermissions.ts';
import type { CloudLogs } from './cloudLogs.ts';
import type { SourceCommands } from './commandTable.ts';
import type { ErrorSources } from './errorSources.ts';
import type { ReportDocuments } from './reportDocuments.ts';
import { setRollbarToken, type Secrets } from './secrets.ts';
import type { SourceChoice } from './sourceChoice.ts';
import { copySamplingRules, copySavedFilters } from './copyToAws.ts';
import { chooseTraceWindow } from './traceWindow.ts';
import type { WindowSources } from './windowSources.ts';

export interface SourceDesk {
  readonly choice: SourceChoice;
  readonly documents: ReportDocuments;
  readonly sources: WindowSources;
  readonly errors: ErrorSources;
  readonly secrets: Secrets;
  readonly cloudLogs: CloudLogs;
}

/** The commands that say where the views look. */
export function sourceCommands({ choice, documents, sources, errors, secrets, cloudLogs }: SourceDesk): SourceCommands {
  return {
    'sightline.chooseSource': () => choice.choose(),
    'sightline.chooseErrorSource': () => errors.choose(),
    'sightline.chooseAwsProfile': () => choice.chooseProfile(),
    'sightline.chooseTraceWindow': async () => {
      if (await chooseTraceWindow()) {
        await vscode.commands.executeCommand('sightline.refreshTraces');
      }
    },
    'sightline.tailCloudLogs': () => cloudLogs.tail(),
    'sightline.queryCloudLogs': () => cloudLogs.query(),
    'sightline.setHoneycombKey': () => secrets.set('honeycomb'),
    'sightline.setRollbarToken': () => setRollbarToken(secrets),
    'sightline.copySamplingRules': () => copySamplingRules(sources.ownSampling, sources.rules),
    'sightline.copySavedFilters': () => copySavedFilters(sources.ownFilters, sources.rules),
    'sightline.showAwsPermissions': () => documents.show('AWS Permissions.md', permissionsText(), 'markdown'),
  };
}
