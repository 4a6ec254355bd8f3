/** The environment without what the editor's process has only for itself; a debugger's or the editor's options would stop or change the program. */
export function withoutEditorVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name, value]) => !/^(VSCODE_|ELECTRON_)/.test(name) && !isEditorOption(name, value)),
  );
}

function isEditorOption(name: string, value: string | undefined): boolean {
  return name === 'NODE_OPTIONS' && /js-debug|vscode|bootloader/i.test(value ?? '');
}
