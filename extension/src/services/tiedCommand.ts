import type { ServiceCommand } from './serviceProcess.ts';

/**
 * Runs the program beside a shell that waits for the end of its standard input, which the system closes with the process at its other end, however that
 * ended, and then ends the program. The exit code is the program's.
 */
const script = [
  'exec 3<&0',
  '"$@" 3<&- & child=$!',
  '{ read -r _ <&3; kill "$child"; } & watcher=$!',
  'wait "$child"; code=$?',
  'kill "$watcher" 2>/dev/null; wait "$watcher" 2>/dev/null',
  'exit "$code"',
].join('\n');

/** The command, tied to our own process: it does not outlive us, not even where we are killed. On Windows, which has no such shell, the command as it is. */
export function tiedCommand(
  command: Omit<ServiceCommand, 'isInputHeld'>,
  platform: NodeJS.Platform = process.platform,
): ServiceCommand {
  return platform === 'win32'
    ? command
    : {
        ...command,
        command: '/bin/sh',
        args: ['-c', script, 'sh', command.command, ...command.args],
        isInputHeld: true,
      };
}
