import type { PackagedVoice } from './packaged-voice.js';
import { voiceInFolder } from './voice-in-folder.js';

export type { PackagedVoice };

// By a name, since bundlers of servers take `new URL('…', import.meta.url)` for a file of theirs, and this is a folder.
const here = import.meta.url;

/** The packaged voice: `Vocoder.load(voice)`. Here from the disk, in pages from where they are served. */
export const voice: PackagedVoice = voiceInFolder(new URL('../bundle/', here));
