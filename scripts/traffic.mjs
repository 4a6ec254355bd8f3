// `npm run traffic`: calls every route of the sample backend; the one that `npm start` opened, unless BACKEND_URL or --url names another.
import { runningBackendUrl, stateFolder } from './start/runLock.ts';

const url = runningBackendUrl(stateFolder);
if (url !== undefined) process.env['BACKEND_URL'] ||= url;
await import('../sample-backend/src/traffic.ts');
