import { readdirSync, readFileSync } from 'node:fs';
import { it } from 'vitest';
import { decodeAudio, readAudioHeader } from './index.js';
it('x', async () => {
  for (const f of readdirSync('src/fixtures')) {
    if (/README|sh$/.test(f)) continue;
    const b = readFileSync(`src/fixtures/${f}`);
    try { const a = await decodeAudio(b, f); console.log(f, b.length, a.samplingRate, a.channels.length, a.channels[0].length, a.encoding, JSON.stringify(readAudioHeader(b,{fileBytes:b.length}))); } catch (e) { console.log(f, e); }
  }
});
