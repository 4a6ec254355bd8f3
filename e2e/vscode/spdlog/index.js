// Writes what VS Code's server and extension host log, one line a message, at once: a log that matters is read after a crash.
'use strict';
const fs = require('node:fs');
const path = require('node:path');

class Logger {
  constructor(file) {
    this.file = file;
    this.level = 2;
    fs.mkdirSync(path.dirname(file), { recursive: true });
  }
  write(level, name, message) {
    if (level >= this.level) fs.appendFileSync(this.file, `${new Date().toISOString()} [${name}] ${message}\n`);
  }
  trace(message) {
    this.write(0, 'trace', message);
  }
  debug(message) {
    this.write(1, 'debug', message);
  }
  info(message) {
    this.write(2, 'info', message);
  }
  warn(message) {
    this.write(3, 'warning', message);
  }
  error(message) {
    this.write(4, 'error', message);
  }
  critical(message) {
    this.write(5, 'critical', message);
  }
  getLevel() {
    return this.level;
  }
  setLevel(level) {
    this.level = level;
  }
  setPattern() {}
  clearFormatters() {}
  flush() {}
  drop() {}
}

exports.version = 10000;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.createRotatingLogger = async (_name, file) => new Logger(file);
exports.createAsyncRotatingLogger = exports.createRotatingLogger;
