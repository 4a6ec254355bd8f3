import { applyEdits, modify, parse as parseJsonc, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { isMap, isNode, LineCounter, parseDocument, type Document, type YAMLMap } from 'yaml';
import { composeFileNames } from './composeFile.ts';

/** What can be added to a folder, in the order in which it is offered. */
export const repositoryParts = ['devContainer', 'xrayDaemon', 'environmentExample', 'tasks'] as const;
export type RepositoryPart = (typeof repositoryParts)[number];

export interface PlannedFile {
  readonly part: RepositoryPart;
  /** Relative to the folder, with slashes. */
  readonly path: string;
  /** `undefined` where the file is new. */
  readonly before: string | undefined;
  readonly after: string;
  /** Why this file cannot be changed, in a sentence; then `after` is as before. */
  readonly problem?: string;
}

/** The texts of the files that there are, by their path; asked for by the names that `filesToRead` gives. */
export type FolderTexts = Readonly<Record<string, string | undefined>>;

const devContainerFiles = ['.devcontainer/devcontainer.json', '.devcontainer.json'] as const;
const manifests = ['package.json', 'requirements.txt', 'pyproject.toml', 'go.mod', 'pom.xml', 'build.gradle'] as const;
const exampleFile = '.env.example';
const tasksFile = '.vscode/tasks.json';

export const filesToRead: readonly string[] = [
  ...devContainerFiles,
  ...composeFileNames,
  ...manifests,
  exampleFile,
  tasksFile,
];

/** What the files of a folder would be with each part added. Parts that are there already leave their file as it is. Comments and order stay. */
export function planRepository(texts: FolderTexts): readonly PlannedFile[] {
  return [planDevContainer(texts), planXRayDaemon(texts), planExample(texts), planTasks(texts)];
}

/** Of the dev container's Feature, which brings hub, environment and extension. */
export const featureId = 'ghcr.io/sightline-dev/sightline/sightline';

function planDevContainer(texts: FolderTexts): PlannedFile {
  const path = devContainerFiles.find((name) => texts[name] !== undefined) ?? devContainerFiles[0];
  const before = texts[path];
  return planJson({ part: 'devContainer', path, before }, newDevContainer(texts), (value) => {
    const features = isObject(value['features']) ? Object.keys(value['features']) : [];
    return features.some((id) => id.startsWith(featureId)) ? [] : [[['features', `${featureId}:0`], {}]];
  });
}

function newDevContainer(texts: FolderTexts): string {
  return `// A container to develop in. Sightline's Feature brings its hub, the environment that points programs at it, and the extension.
${JSON.stringify({ image: imageFor(texts), features: { [`${featureId}:0`]: {} } }, undefined, 2)}
`;
}

function imageFor(texts: FolderTexts): string {
  const images: readonly (readonly [readonly string[], string])[] = [
    [['package.json'], 'typescript-node:24-bookworm'],
    [['requirements.txt', 'pyproject.toml'], 'python:3-bookworm'],
    [['go.mod'], 'go:1-bookworm'],
    [['pom.xml', 'build.gradle'], 'java:21-bookworm'],
  ];
  const found = images.find(([names]) => names.some((name) => texts[name] !== undefined));
  return `mcr.microsoft.com/devcontainers/${found?.[1] ?? 'base:bookworm'}`;
}

/** `-o` is a word of its own: in one with the region, the daemon would ask for the metadata of a machine that has none. */
const daemonService = {
  image: 'amazon/aws-xray-daemon',
  command: ['-o', '-n', 'us-east-1'],
  ports: ['127.0.0.1:2000:2000/udp', '127.0.0.1:2000:2000/tcp'],
};

const daemonComment =
  " The AWS X-Ray daemon. Started by Sightline, it hands segments to Sightline's hub; without, to AWS, with the credentials\n that it is given.";

function planXRayDaemon(texts: FolderTexts): PlannedFile {
  const path = composeFileNames.find((name) => texts[name] !== undefined) ?? composeFileNames[0];
  const before = texts[path];
  const base = { part: 'xrayDaemon', path, before } as const;
  const lines = new LineCounter();
  const document = parseDocument(before ?? 'services: {}\n', { lineCounter: lines });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line } = lines.linePos(error.pos[0]);
    return { ...base, after: before ?? '', problem: `${path} is no valid YAML: see line ${line}.` };
  }
  const value: unknown = document.toJS() as unknown;
  const names = isObject(value) && isObject(value['services']) ? value['services'] : {};
  const isThere = Object.entries(names).some(
    ([name, service]) =>
      name === 'xray-daemon' || (isObject(service) && String(service['image']).includes('aws-xray-daemon')),
  );
  if (isThere) {
    return { ...base, after: before ?? '' };
  }
  const services = document.get('services');
  if (before === undefined || !isMap(services) || services.flow === true || services.items.length === 0) {
    return { ...base, after: withDaemon(document) };
  }
  return { ...base, after: insertDaemon(before, services) };
}

/** The whole document anew: for a file without services, where there is nothing whose look could change. */
function withDaemon(document: Document): string {
  const node = document.createNode(daemonService);
  node.commentBefore = daemonComment;
  document.setIn(['services', 'xray-daemon'], node);
  const parent = document.get('services');
  if (isMap(parent)) {
    // An empty map is written in braces, which would put all on one line.
    parent.flow = false;
  }
  return document.toString({ lineWidth: 0 });
}

/** Puts the daemon behind the last service, as text: nothing else of a person's file changes, not even its spaces. */
function insertDaemon(text: string, services: YAMLMap): string {
  const first = services.items[0]?.key;
  const last = services.items.at(-1);
  const end = [last?.value, last?.key]
    .map((node) => (isNode(node) ? node.range?.[1] : undefined))
    .find((at) => at !== undefined);
  const start = isNode(first) ? (first.range?.[0] ?? 0) : 0;
  const indent = ' '.repeat(start - (text.lastIndexOf('\n', start - 1) + 1));
  const lineEnd = text.indexOf('\n', (end ?? text.length) - 1);
  const at = lineEnd === -1 ? text.length : lineEnd + 1;
  const block = withDaemon(parseDocument('services: {}\n')).split('\n').slice(1, -1);
  const lines = block.map((line) => `${indent}${line.slice(2)}\n`).join('');
  return `${text.slice(0, at)}${text.slice(0, at).endsWith('\n') ? '' : '\n'}${lines}${text.slice(at)}`;
}

const exampleLines: readonly (readonly [name: string, value: string])[] = [
  ['AWS_XRAY_DAEMON_ADDRESS', '127.0.0.1:2000'],
  ['AWS_XRAY_CONTEXT_MISSING', 'LOG_ERROR'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://127.0.0.1:4318'],
  ['OTEL_EXPORTER_OTLP_PROTOCOL', 'http/protobuf'],
  ['OTEL_SERVICE_NAME', 'backend'],
  ['AWS_REGION', 'us-east-1'],
  ['AWS_ENDPOINT_URL_XRAY', 'http://127.0.0.1:4319'],
  ['AWS_ENDPOINT_URL_CLOUDWATCH_LOGS', 'http://127.0.0.1:4319'],
  ['ROLLBAR_ENDPOINT', 'http://127.0.0.1:4319/api/1/item/'],
];

function planExample(texts: FolderTexts): PlannedFile {
  const before = texts[exampleFile];
  const missing = exampleLines.filter(
    ([name]) => !new RegExp(`^\\s*#?\\s*(?:export\\s+)?${name}=`, 'm').test(before ?? ''),
  );
  const start = before === undefined || before === '' ? '' : `${before.trimEnd()}\n\n`;
  const lines = missing.map(([name, value]) => `${name}=${value}\n`).join('');
  const head =
    '# What points programs at the Sightline hub of this machine. Sightline sets it by itself for what it starts.\n';
  const after = missing.length === 0 ? (before ?? '') : `${start}${head}${lines}`;
  return { part: 'environmentExample', path: exampleFile, before, after };
}

const tasks = [
  ['compose: up', ['compose', 'up', '--detach', '--wait']],
  ['compose: logs', ['compose', 'logs', '--follow', '--tail', '200']],
  ['compose: down', ['compose', 'down']],
] as const;

function planTasks(texts: FolderTexts): PlannedFile {
  const base = { part: 'tasks', path: tasksFile, before: texts[tasksFile] } as const;
  const all = tasks.map(taskOf);
  const empty = `${JSON.stringify({ version: '2.0.0', tasks: all }, undefined, 2)}\n`;
  return planJson(base, empty, (value) => {
    const present = Array.isArray(value['tasks']) ? value['tasks'] : [];
    const labels = new Set(present.filter(isObject).map((task) => task['label']));
    const missing = all.filter(({ label }) => !labels.has(label));
    return Array.isArray(value['tasks'])
      ? missing.map((task, index) => [['tasks', present.length + index], task])
      : [[['tasks'], missing]];
  });
}

function taskOf([label, args]: (typeof tasks)[number]) {
  const isBackground = label === 'compose: logs';
  return {
    label,
    type: 'process',
    command: 'docker',
    args: [...args],
    problemMatcher: [],
    ...(isBackground && { isBackground }),
  };
}

type Edit = readonly [path: (string | number)[], value: unknown];

/** Edits a JSON file in place, with what it has of comments, commas and indentation; a new one is written whole. */
function planJson(
  base: Pick<PlannedFile, 'part' | 'path' | 'before'>,
  whole: string,
  editsOf: (value: JsonObject) => readonly Edit[],
): PlannedFile {
  const { before, path } = base;
  if (before === undefined || before.trim() === '') {
    return { ...base, after: whole };
  }
  const errors: ParseError[] = [];
  const value: unknown = parseJsonc(before, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error !== undefined || !isObject(value)) {
    const line = before.slice(0, error?.offset ?? 0).split('\n').length;
    const what = error === undefined ? 'no object' : printParseErrorCode(error.error);
    return { ...base, after: before, problem: `${path} cannot be edited: ${what} at line ${line}.` };
  }
  const formattingOptions = indentationOf(before);
  const after = editsOf(value).reduce(
    (text, [at, added]) =>
      applyEdits(text, modify(text, at, added, { formattingOptions, isArrayInsertion: typeof at.at(-1) === 'number' })),
    before,
  );
  return { ...base, after };
}

function indentationOf(text: string) {
  const [, indent = '  '] = /^([\t ]+)\S/m.exec(text) ?? [];
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  return { insertSpaces: !indent.startsWith('\t'), tabSize: indent.startsWith('\t') ? 4 : indent.length, eol };
}

type JsonObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
