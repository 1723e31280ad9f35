import { effect } from '@preact/signals';
import { render } from 'preact';
import { Client } from '../client.js';
import { App } from './components/app.js';
import { heedDrops } from './drops.js';
import { heedKeys } from './keys.js';
import { LiveSession } from './live-session.js';
import { registerServiceWorker } from './offline.js';
import { Session } from './session.js';
import { startMeasuring, startWorker } from './start-worker.js';
import { applyTheme } from './theme.js';
import { TrainingSession } from './training-session.js';

applyTheme();
const session = new Session(new Client(startWorker()), startMeasuring);
const live = new LiveSession(session);
const training = new TrainingSession(session, startWorker);
session.beforeWork = () => live.stop();
render(<App session={session} live={live} training={training} />, document.getElementById('app')!);
heedKeys(session);
heedDrops(session, training);

// Only where something would be lost: a page that always asks is one that is not listened to.
const ask = (event: BeforeUnloadEvent) => event.preventDefault();
effect(() => {
  if (session.wouldLose.value || live.isOn.value) addEventListener('beforeunload', ask);
  else removeEventListener('beforeunload', ask);
});

if (import.meta.env.PROD) void registerServiceWorker(session);
void session.start();
