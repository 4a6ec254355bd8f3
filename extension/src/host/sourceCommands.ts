import * as vscode from 'vscode';
import { permissionsText } from '../sources/aws/awsPermissions.ts';
import type { SourceCommands } from './commandTable.ts';
import type { ReportDocuments } from './reportDocuments.ts';
import type { SourceChoice } from './sourceChoice.ts';
import { chooseTraceWindow } from './traceWindow.ts';

/** The commands that say where the views look. */
export function sourceCommands(choice: SourceChoice, documents: ReportDocuments): SourceCommands {
  return {
    'sightline.chooseSource': () => choice.choose(),
    'sightline.chooseAwsProfile': () => choice.chooseProfile(),
    'sightline.chooseTraceWindow': async () => {
      if (await chooseTraceWindow()) {
        await vscode.commands.executeCommand('sightline.refreshTraces');
      }
    },
    'sightline.showAwsPermissions': () => documents.show('AWS Permissions.md', permissionsText(), 'markdown'),
  };
}
