import { Emitter } from '../lifetime.ts';
import type { ComposeModel } from './composeFile.ts';
import type { ComposeProject } from './composeProject.ts';
import type { Run } from './folderService.ts';
import type { ServiceExit } from './serviceProcess.ts';
import type { FolderServiceId, ServiceEndpoints } from './serviceState.ts';

/** The name that stands for all services of a file. */
export const allServices = '*';

/** The services behind a definition's name, as compose takes them: none are all. */
export function servicesNamed(name: string): readonly string[] {
  return name === allServices ? [] : [name];
}

/** A compose service that runs, as a run of the backend or database. It goes on when the window ends. */
export function composeRun(project: ComposeProject, name: string): Run {
  return {
    onReady: new Emitter<ServiceEndpoints>().event,
    isUp: true,
    isKept: true,
    exited: endOf(project, name),
    stop: () => project.stop(servicesNamed(name)),
  };
}

/** Whether the engine says that it runs: for all services, that one does. */
export function isComposeRunning(project: ComposeProject, name: string): boolean {
  const { state } = project;
  return name === allServices
    ? state.kind === 'known' && state.containers.some((container) => container.state === 'running')
    : project.isRunning(name);
}

/** Where a person reaches the service: the first TCP port that the file publishes. */
export function composeEndpoints(id: FolderServiceId, model: ComposeModel | undefined, name: string): ServiceEndpoints {
  const services = model?.services.filter((service) => name === allServices || service.name === name) ?? [];
  const port = services
    .filter(({ isBuilt }) => isBuilt || name !== allServices)
    .flatMap(({ ports }) => ports)
    .find(({ protocol, published }) => protocol === 'tcp' && published !== undefined)?.published;
  return port === undefined || id === 'database' ? {} : { backend: `http://127.0.0.1:${port}` };
}

/** Settles when the engine no longer says that it runs, but not for a restart, which takes it away for a moment. */
function endOf(project: ComposeProject, name: string): Promise<ServiceExit> {
  return new Promise((resolve) => {
    const look = (): void => {
      const isSure = project.state.kind === 'known' && project.workOn(name) === undefined;
      if (isSure && !isComposeRunning(project, name)) {
        subscription.dispose();
        resolve({ kind: 'code', code: project.containersOf(name)[0]?.exitCode ?? 0 });
      }
    };
    const subscription = project.onDidChange(look);
  });
}
