import * as vscode from 'vscode';

// Most starts are over before a person would have read the message.
const quietMillis = 1_500;

/**
 * Does some work that may be cancelled: with a bar in the Services view at once, and, when it takes a while, a message that can cancel it.
 * Rejects as the work does, and with `CancellationError` once it is cancelled.
 */
export async function withProgress(title: string, work: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const cancel = new AbortController();
  const done = work(cancel.signal);
  const over = done.then(
    () => undefined,
    () => undefined,
  );
  void vscode.window.withProgress({ location: { viewId: 'sightline.services' } }, () => over);
  const timer = setTimeout(() => showCancellable(title, cancel, over), quietMillis);
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
