import type { Pool } from 'pg';

/** The sample has no sign-in: everything is done as this person. */
export const currentHandle = 'mira';

export interface User {
  readonly handle: string;
  readonly displayName: string;
  readonly preferences: unknown;
}

export interface Profile {
  readonly handle: string;
  readonly display_name: string;
  readonly banner: string;
}

/** What version 1 of the app stored. Rows have long been moved to version 2, where the banner is one text. */
interface PreferencesVersion1 {
  readonly banner: { readonly lines: readonly string[] };
}

interface PreferencesVersion2 {
  readonly banner?: string;
}

export async function findUser(pool: Pool, handle: string): Promise<User | undefined> {
  const { rows } = await pool.query<User>(
    'select handle, display_name as "displayName", preferences from cruddur.users where handle = $1',
    [handle],
  );
  return rows[0];
}

/** `readAs` is the switch that forces an error: reading today's rows as if they were version 1 is a mistake of the kind that real code makes. */
export function toProfile(user: User, readAs: 'version1' | 'version2'): Profile {
  const banner = readAs === 'version1' ? bannerOfVersion1(user.preferences) : bannerOfVersion2(user.preferences);
  return { handle: user.handle, display_name: user.displayName, banner };
}

function bannerOfVersion1(preferences: unknown): string {
  const { banner } = preferences as PreferencesVersion1;
  return banner.lines.join(' · ');
}

function bannerOfVersion2(preferences: unknown): string {
  return (preferences as PreferencesVersion2).banner ?? '';
}
