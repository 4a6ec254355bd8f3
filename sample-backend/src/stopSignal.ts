/**
 * Calls `stop` at the first of the signals that ask a program to end: Ctrl-C, `kill`, and the hang-up that VS Code sends when it ends a task
 * or closes a terminal.
 */
export function onStopSignal(stop: () => void): void {
  let isAsked = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!isAsked) {
        isAsked = true;
        stop();
      }
    });
  }
}
