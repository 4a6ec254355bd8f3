import { open, stat } from 'node:fs/promises';
import { unwatchFile, watchFile } from 'node:fs';
import * as vscode from 'vscode';
import { Disposable } from '../lifetime.ts';
import { hubLogOf } from '../services/hubProcess.ts';

// Enough to see how the hub started; the file itself has the rest.
const firstBytes = 64 * 1024;
const pollMillis = 1_000;

/** What the hub says, as an output channel. The hub writes into a file, since it outlives windows; the channel follows that once it is asked for. */
export class HubOutput extends Disposable {
  readonly #file: string;
  #channel: vscode.OutputChannel | undefined;
  #read = 0;
  #reading = Promise.resolve();

  constructor(dataDir: string) {
    super();
    this.#file = hubLogOf(dataDir);
  }

  async show(): Promise<void> {
    this.#channel ??= await this.#follow();
    this.#channel.show(true);
  }

  async #follow(): Promise<vscode.OutputChannel> {
    const channel = this.register(vscode.window.createOutputChannel('Sightline Hub'));
    const size = await sizeOf(this.#file);
    this.#read = Math.max(0, size - firstBytes);
    channel.appendLine(`What the hub writes to ${this.#file}:`);
    await this.#copyNew(channel);
    const listener = (): void => {
      this.#reading = this.#reading.then(() => this.#copyNew(channel));
    };
    watchFile(this.#file, { interval: pollMillis }, listener);
    this.register({ dispose: () => unwatchFile(this.#file, listener) });
    return channel;
  }

  async #copyNew(channel: vscode.OutputChannel): Promise<void> {
    const size = await sizeOf(this.#file);
    if (size < this.#read) {
      this.#read = 0;
    }
    if (size === this.#read) {
      return;
    }
    const file = await open(this.#file, 'r');
    try {
      const buffer = Buffer.alloc(size - this.#read);
      const { bytesRead } = await file.read(buffer, 0, buffer.length, this.#read);
      this.#read += bytesRead;
      channel.append(buffer.toString('utf8', 0, bytesRead));
    } finally {
      await file.close();
    }
  }
}

/** 0 for a file that is not there: no hub has been started here yet. */
async function sizeOf(file: string): Promise<number> {
  return await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}
