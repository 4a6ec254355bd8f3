import * as vscode from 'vscode';

// Most starts are over before a person would have read the message.
const quietMillis = 1_500;

/**
 * Does some work that may be cancelled: with a bar in the Services view at once, and, when it takes a while, a message that can cancel it.
 * Rejects as the work does, and with `CancellationError` once it is cancelled.
 */
export async function withProgress(title: string, work: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  await showing(title, work, quietMillis);
}

/** The same with its message at once: for an answer to a question that was just put, where nothing else shows that anything happens. */
export async function withProgressAtOnce(
  title: string,
  work: (signal: AbortSignal) => Promise<unknown>,
): Promise<void> {
  await showing(title, work, 0);
}

async function showing(title: string, work: (signal: AbortSignal) => Promise<unknown>, quiet: number): Promise<void> {
  const cancel = new AbortController();
  const done = work(cancel.signal);
  const over = done.then(
    () => undefined,
    () => undefined,
  );
  void vscode.window.withProgress({ location: { viewId: 'sightline.services' } }, () => over);
  const timer = setTimeout(() => showCancellable(title, cancel, over), quiet);
  try {
    await done;
  } catch (error) {
    throw cancel.signal.aborted ? new vscode.CancellationError() : error;
  } finally {
    clearTimeout(timer);
  }
}

function showCancellable(title: string, cancel: AbortController, over: Promise<void>): void {
  const options = { location: vscode.ProgressLocation.Notification, title: `Sightline: ${title}…`, cancellable: true };
  void vscode.window.withProgress(options, (_progress, token) => {
    token.onCancellationRequested(() => cancel.abort());
    return over;
  });
}
