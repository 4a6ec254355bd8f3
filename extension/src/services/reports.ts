import type { ProblemJson } from '@sightline/hub/client/api';
import type { Variable } from './environment.ts';

/** The list of problems as a document: newest first, each with where it was met and what came. */
export function renderProblems(problems: readonly ProblemJson[]): string {
  if (problems.length === 0) {
    return 'Everything that was received could be read.\n';
  }
  const intro =
    'What was received and could not be read, or only in part. The hub keeps going; what was good is among the traces.\n';
  return [intro, ...problems.map(renderProblem)].join('\n');
}

function renderProblem({ time, receiver, place, message, sample }: ProblemJson): string {
  const excerpt = sample === undefined ? '' : `${indented(sample)}\n`;
  return `${localTime(time)}  ${receiver}  ${place}\n    ${message}\n${excerpt}`;
}

/** The problem's own time is nanoseconds as text. */
function localTime(nanos: string): string {
  const date = new Date(Number(BigInt(nanos) / 1_000_000n));
  return `${date.toLocaleDateString('sv-SE')} ${date.toLocaleTimeString('sv-SE')}`;
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `    | ${line}`)
    .join('\n');
}

/** The environment as a document: each variable, where it comes from, and what it replaces. Secrets are masked. */
export function renderEnvironment(
  variables: readonly Variable[],
  recipients: string,
  ambient: Readonly<Record<string, string | undefined>>,
): string {
  if (variables.length === 0) {
    return 'Nothing is set: the hub does not run, or the folder is open in Restricted Mode.\n';
  }
  const section = (title: string, recipient: Variable['recipient']): string =>
    [
      `# ${title}`,
      ...variables
        .filter((variable) => variable.recipient === recipient)
        .map((variable) => renderVariable(variable, ambient)),
    ].join('\n');
  return [
    section(
      `Given to ${recipients} (setting sightline.environment), and to the backend that Sightline starts`,
      'everyone',
    ),
    section('Given to the backend that Sightline starts, and to nothing else', 'backend'),
    '# A terminal that was opened earlier keeps what it had; the editor marks it and offers to relaunch it.',
    '# Where AWS_ENDPOINT_URL_CLOUDWATCH_LOGS and AWS_ENDPOINT_URL_XRAY are set, the command line of AWS talks to the hub for these two services, and to AWS for every other.\n',
  ].join('\n\n');
}

function renderVariable(
  { name, value, origin, isSecret }: Variable,
  ambient: Readonly<Record<string, string | undefined>>,
): string {
  // The value itself may be a vendor's key.
  const before = ambient[name];
  const replaced =
    before === undefined || before === value ? '' : "; replaces another value of the editor's own environment";
  return `# from: ${origin}${replaced}\n${name}=${isSecret ? '••••••••' : value}`;
}
