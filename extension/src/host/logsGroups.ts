/** The days that CloudWatch Logs takes as a retention: PutRetentionPolicy in its API reference. */
export const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** Why CloudWatch Logs would refuse a group of this name, as a sentence; `undefined` where it takes it. CreateLogGroup in its API reference. */
export function groupNameTroubleOf(name: string): string | undefined {
  if (name.length > 512) {
    return `A name has at most 512 characters; this one has ${name.length}.`;
  }
  const wrong = /[^.\-_/#A-Za-z0-9]/u.exec(name);
  if (wrong !== null) {
    return `Column ${wrong.index + 1}: a name is made of letters, digits and . - _ / #`;
  }
  return /^aws\//i.test(name) ? 'Names that start with aws/ are AWS’s own.' : undefined;
}
