import { expect, test } from 'vitest';
import { planRepository, type FolderTexts, type RepositoryPart } from './repositoryPlan.ts';

/** The file of one part as it would be, after its path; or why it cannot be. */
function planned(part: RepositoryPart, texts: FolderTexts): string {
  const file = planRepository(texts).find((each) => each.part === part);
  if (file === undefined) {
    return 'none';
  }
  const { path, before, after, problem } = file;
  return problem ?? (before === after ? `${path} stays` : `${path}\n${after}`);
}

test('a folder without anything gets each file', () => {
  const texts = { 'requirements.txt': 'flask' };
  expect(
    planRepository(texts)
      .map(({ path, after }) => `--- ${path}\n${after}`)
      .join(''),
  ).toMatchInlineSnapshot(`
    "--- .devcontainer/devcontainer.json
    // A container to develop in. Sightline's Feature brings its hub, the environment that points programs at it, and the extension.
    {
      "image": "mcr.microsoft.com/devcontainers/python:3-bookworm",
      "features": {
        "ghcr.io/sightline-dev/sightline/sightline:0": {}
      }
    }
    --- compose.yaml
    services:
      xray-daemon:
        # The AWS X-Ray daemon. Started by Sightline, it hands segments to Sightline's hub; without, to AWS, with the credentials
        # that it is given.
        image: amazon/aws-xray-daemon
        command:
          - -o
          - -n
          - us-east-1
        ports:
          - 127.0.0.1:2000:2000/udp
          - 127.0.0.1:2000:2000/tcp
    --- .env.example
    # What points programs at the Sightline hub of this machine. Sightline sets it by itself for what it starts.
    AWS_XRAY_DAEMON_ADDRESS=127.0.0.1:2000
    AWS_XRAY_CONTEXT_MISSING=LOG_ERROR
    OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318
    OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
    OTEL_SERVICE_NAME=backend
    AWS_REGION=us-east-1
    AWS_ENDPOINT_URL_XRAY=http://127.0.0.1:4319
    AWS_ENDPOINT_URL_CLOUDWATCH_LOGS=http://127.0.0.1:4319
    ROLLBAR_ENDPOINT=http://127.0.0.1:4319/api/1/item/
    --- .vscode/tasks.json
    {
      "version": "2.0.0",
      "tasks": [
        {
          "label": "compose: up",
          "type": "process",
          "command": "docker",
          "args": [
            "compose",
            "up",
            "--detach",
            "--wait"
          ],
          "problemMatcher": []
        },
        {
          "label": "compose: logs",
          "type": "process",
          "command": "docker",
          "args": [
            "compose",
            "logs",
            "--follow",
            "--tail",
            "200"
          ],
          "problemMatcher": [],
          "isBackground": true
        },
        {
          "label": "compose: down",
          "type": "process",
          "command": "docker",
          "args": [
            "compose",
            "down"
          ],
          "problemMatcher": []
        }
      ]
    }
    "
  `);
});

test('a dev container keeps its comments, commas and tabs, and gets one line', () => {
  const before = '{\n\t// ours\n\t"image": "debian", // pinned\n\t"features": {\n\t\t"ghcr.io/x/y:1": {},\n\t},\n}\n';
  expect(planned('devContainer', { '.devcontainer.json': before })).toMatchInlineSnapshot(`
    ".devcontainer.json
    {
    	// ours
    	"image": "debian", // pinned
    	"features": {
    		"ghcr.io/x/y:1": {},
    		"ghcr.io/sightline-dev/sightline/sightline:0": {},
    	},
    }
    "
  `);
});

test('what is there already is left alone', () => {
  const first = planRepository({});
  const texts = Object.fromEntries(first.map(({ path, after }) => [path, after]));
  expect(planRepository(texts).map(({ before, after }) => before === after)).toEqual([true, true, true, true]);
});

test('a compose file keeps its comments, and the daemon goes behind what there is', () => {
  const before =
    '# shop\nservices:\n    web: # the page\n        command: ["a",   "b"] # odd\n\nvolumes:\n  data: {}\n';
  expect(planned('xrayDaemon', { 'docker-compose.yml': before })).toMatchInlineSnapshot(`
    "docker-compose.yml
    # shop
    services:
        web: # the page
            command: ["a",   "b"] # odd
        xray-daemon:
          # The AWS X-Ray daemon. Started by Sightline, it hands segments to Sightline's hub; without, to AWS, with the credentials
          # that it is given.
          image: amazon/aws-xray-daemon
          command:
            - -o
            - -n
            - us-east-1
          ports:
            - 127.0.0.1:2000:2000/udp
            - 127.0.0.1:2000:2000/tcp

    volumes:
      data: {}
    "
  `);
});

test('tasks go behind those that there are, and none comes twice', () => {
  const before =
    '{\n  "version": "2.0.0",\n  "tasks": [\n    // mine\n    { "label": "compose: up", "command": "x" }\n  ]\n}\n';
  const after = planned('tasks', { '.vscode/tasks.json': before });
  expect(after).toContain('// mine');
  expect(after.match(/"label": "[^"]+"/g)).toEqual([
    '"label": "compose: up"',
    '"label": "compose: logs"',
    '"label": "compose: down"',
  ]);
});

test('variables that an example names, even in a comment, are not added', () => {
  const before = '# OTEL_SERVICE_NAME=mine\nexport AWS_REGION=eu-west-1\n';
  const after = planned('environmentExample', { '.env.example': before });
  expect(after).toContain(before);
  expect(after.match(/OTEL_SERVICE_NAME|AWS_REGION/g)).toHaveLength(2);
});

test('a file that cannot be understood is left as it is, and says where it breaks', () => {
  expect(planned('tasks', { '.vscode/tasks.json': '{\n  "tasks": [\n' })).toBe(
    '.vscode/tasks.json cannot be edited: CloseBracketExpected at line 3.',
  );
  expect(planned('xrayDaemon', { 'compose.yaml': 'services:\n  web: [\n' })).toMatch(
    /compose.yaml is no valid YAML: see line \d/,
  );
});
