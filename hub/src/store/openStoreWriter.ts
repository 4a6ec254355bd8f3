import type { ThreadStart, WriterAnswer } from './messages.ts';
import { isDamage, isLocked, moveAside, openForWriting } from './schema.ts';
import { StoreWriter } from './storeWriter.ts';

/** Opens the database and loads the index. A damaged database is moved aside and a new one begun; rejects with a sentence for anything else. */
export async function openStoreWriter(
  start: ThreadStart,
  answer: (message: WriterAnswer, transfer?: ArrayBuffer[]) => void,
): Promise<StoreWriter> {
  try {
    return await open(start, answer);
  } catch (error) {
    if (!isDamage(error)) {
      throw new Error(sentenceOf(error, start.dataDir), { cause: error });
    }
    const reason = (error as Error).message;
    const name = moveAside(start.dataDir, new Date());
    const writer = await open(start, answer);
    writer.noteTrouble(
      name,
      `The database was damaged (${reason}). It is kept as ${name}, and a new one has been started.`,
    );
    return writer;
  }
}

async function open(
  start: ThreadStart,
  answer: (message: WriterAnswer, transfer?: ArrayBuffer[]) => void,
): Promise<StoreWriter> {
  const database = openForWriting(start.dataDir);
  try {
    return await StoreWriter.open(database, start, answer);
  } catch (error) {
    database.close();
    throw error;
  }
}

function sentenceOf(error: unknown, dataDir: string): string {
  if (isLocked(error)) {
    return `The database in ${dataDir} is in use by another process.`;
  }
  return `The database in ${dataDir} cannot be opened: ${error instanceof Error ? error.message : String(error)}.`;
}
