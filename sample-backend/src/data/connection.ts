import { Pool } from 'pg';
import { StartError } from '../startError.ts';
import { schema } from './schema.ts';
import { seed } from './seed.ts';

/** A pool whose database has the tables and their first rows. Throws a `StartError` when the database does not answer. */
export async function openDatabase(url: string): Promise<Pool> {
  // The embedded Postgres serves one statement at a time, so more connections would only wait.
  const pool = new Pool({ connectionString: url, max: 5, connectionTimeoutMillis: 5000 });
  // Without a listener an idle connection that the database closes would end the process.
  pool.on('error', (error) => console.error(`A database connection was lost: ${error.message}`));
  try {
    await pool.query(schema);
    await seed(pool);
  } catch (error) {
    await pool.end();
    throw new StartError(`The database at ${withoutPassword(url)} cannot be used: ${messageOf(error)}`, {
      cause: error,
    });
  }
  return pool;
}

function withoutPassword(url: string): string {
  return url.replace(/:[^:@/]+@/, ':***@');
}

/** An `AggregateError`, which several refused addresses give, has no message of its own. */
function messageOf(error: unknown): string {
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  return first instanceof Error ? first.message : String(first);
}
