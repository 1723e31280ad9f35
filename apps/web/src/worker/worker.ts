import { probeEngines } from './engines.js';
import { type Handlers, serve, type WorkerScope } from './serve.js';
import { Studio } from './studio.js';
import type { Training } from './training.js';

const studio = new Studio();

// Most visitors never train: what that takes is loaded when it is wanted.
let training: Promise<Training> | undefined;
const trainer = () => {
  training ??= import('./training.js').then((module) => new module.Training());
  return training;
};

// The types here are those of pages, where `self` is a window.
serve(self as unknown as WorkerScope, {
  engines: probeEngines,
  openVoice: (args, tools) => studio.openVoice(args, tools),
  useEngine: (engine, tools) => studio.useEngine(engine, tools),
  openInput: (source, tools) => studio.openInput(source, tools),
  renewInput: () => studio.renewInput(),
  closeInput: () => studio.closeInput(),
  speak: (edits, tools) => studio.speak(edits, tools),
  measurable: () => studio.measurable(),
  picture: (request) => studio.picture(request),
  save: (saving) => studio.save(saving),
  live: (start, tools) => studio.live(start, tools),
  train: async (start, tools) => (await trainer()).run(start, tools),
  holdTraining: async (on) => (await trainer()).hold(on),
  trainingPicture: async (request) => (await trainer()).picture(request),
  trainedVoice: async () => (await trainer()).trained(),
  saveTrained: async () => (await trainer()).save(),
} satisfies Omit<Handlers, 'measure'>);
