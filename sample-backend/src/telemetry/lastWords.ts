/**
 * Tells `report` what nobody has caught, be it thrown or the reason of a promise that was given up, waits for `flush`, and then lets Node
 * end the process in its own way: with its own words and its own exit code.
 */
export function reportUncaught(report: (error: unknown) => void, flush: () => Promise<unknown>): void {
  let isEnding = false;
  const onUncaught = (error: unknown): void => {
    // What follows is seldom news, and reporting may be what fails: a line to a terminal that has gone away would raise the next error,
    // before any timer gets its turn, for ever.
    if (!isEnding) {
      isEnding = true;
      report(error);
      void endWith(error);
    }
  };
  const endWith = async (error: unknown): Promise<void> => {
    await flush();
    process.off('uncaughtException', onUncaught);
    // Out of reach of every promise, so that Node meets it as what it was.
    setImmediate(() => {
      throw error;
    });
  };
  // Without a listener of their own, rejections come here as well: that is Node's default.
  process.on('uncaughtException', onUncaught);
}
